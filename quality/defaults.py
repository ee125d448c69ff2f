"""The scorecard that a new shop starts with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kernel import clock
from kernel.tenancy import TenantRow, require_entered
from quality.models import Scorecard
from quality.scoring import validate_definition
from sla_contracts.models import ContractVersion

NAME = "Customer service"

_TEXTS: dict[str, dict[str, str]] = {
    "tone": {
        "en": "Greeting and tone", "es": "Saludo y tono", "it": "Saluto e tono",
        "de": "Begrüßung und Ton", "fr": "Accueil et ton", "pt": "Saudação e tom",
    },
    "greets": {
        "en": "Greets the customer and says who is writing", "es": "Saluda al cliente y se presenta",
        "it": "Saluta il cliente e si presenta", "de": "Begrüßt die Kundin oder den Kunden und stellt sich vor",
        "fr": "Salue le client et se présente", "pt": "Cumprimenta o cliente e apresenta-se",
    },
    "voice": {
        "en": "Speaks in the shop's tone of voice", "es": "Habla con el tono de la tienda",
        "it": "Parla con il tono del negozio", "de": "Spricht im Ton des Shops",
        "fr": "Parle sur le ton de la boutique", "pt": "Fala no tom da loja",
    },
    "language": {
        "en": "Writes clearly and without mistakes", "es": "Escribe con claridad y sin faltas",
        "it": "Scrive in modo chiaro e corretto", "de": "Schreibt klar und fehlerfrei",
        "fr": "Écrit clairement et sans fautes", "pt": "Escreve com clareza e sem erros",
    },
    "understanding": {
        "en": "Understanding", "es": "Comprensión", "it": "Comprensione",
        "de": "Verständnis", "fr": "Compréhension", "pt": "Compreensão",
    },
    "reads": {
        "en": "Answers what was asked, all of it", "es": "Responde a todo lo que se preguntó",
        "it": "Risponde a tutto ciò che è stato chiesto", "de": "Beantwortet alles, was gefragt wurde",
        "fr": "Répond à tout ce qui a été demandé", "pt": "Responde a tudo o que foi perguntado",
    },
    "asks": {
        "en": "Asks for what is missing, and only once", "es": "Pide lo que falta, y solo una vez",
        "it": "Chiede ciò che manca, e una volta sola", "de": "Fragt nach, was fehlt, und nur einmal",
        "fr": "Demande ce qui manque, et une seule fois", "pt": "Pede o que falta, e só uma vez",
    },
    "empathy": {
        "en": "Shows that the customer's trouble is seen", "es": "Muestra que entiende la molestia del cliente",
        "it": "Mostra di capire il disagio del cliente", "de": "Zeigt Verständnis für den Ärger",
        "fr": "Montre que la gêne du client est comprise", "pt": "Mostra que compreende o incómodo do cliente",
    },
    "solution": {
        "en": "Solution", "es": "Solución", "it": "Soluzione", "de": "Lösung", "fr": "Solution", "pt": "Solução",
    },
    "right": {
        "en": "The answer is right", "es": "La respuesta es correcta", "it": "La risposta è corretta",
        "de": "Die Antwort ist richtig", "fr": "La réponse est juste", "pt": "A resposta está correta",
    },
    "settles": {
        "en": "Settles the matter, or says what happens next and when",
        "es": "Resuelve el asunto o dice qué pasará y cuándo",
        "it": "Risolve la questione o dice che cosa accadrà e quando",
        "de": "Klärt das Anliegen oder sagt, was wann folgt",
        "fr": "Règle la demande ou dit ce qui suivra et quand",
        "pt": "Resolve o assunto ou diz o que se segue e quando",
    },
    "process": {
        "en": "Process and compliance", "es": "Procedimiento y cumplimiento", "it": "Procedura e conformità",
        "de": "Ablauf und Regeln", "fr": "Procédure et conformité", "pt": "Procedimento e conformidade",
    },
    "reason": {
        "en": "Chooses the right contact reason", "es": "Elige el motivo de contacto correcto",
        "it": "Sceglie il motivo di contatto giusto", "de": "Wählt den richtigen Kontaktgrund",
        "fr": "Choisit le bon motif de contact", "pt": "Escolhe o motivo de contacto certo",
    },
    "policy": {
        "en": "Keeps to the shop's rules (returns, refunds, promises)",
        "es": "Respeta las normas de la tienda (devoluciones, reembolsos, promesas)",
        "it": "Rispetta le regole del negozio (resi, rimborsi, promesse)",
        "de": "Hält die Regeln des Shops ein (Rückgabe, Erstattung, Zusagen)",
        "fr": "Respecte les règles de la boutique (retours, remboursements, promesses)",
        "pt": "Cumpre as regras da loja (devoluções, reembolsos, promessas)",
    },
    "identity": {
        "en": "Gives personal data only to whom it belongs", "es": "Da datos personales solo a quien pertenecen",
        "it": "Comunica dati personali solo a chi appartengono",
        "de": "Gibt persönliche Daten nur an die, denen sie gehören",
        "fr": "Ne donne des données personnelles qu'à leur titulaire",
        "pt": "Só dá dados pessoais a quem pertencem",
    },
    "respect": {
        "en": "Treats the customer with respect", "es": "Trata al cliente con respeto",
        "it": "Tratta il cliente con rispetto", "de": "Behandelt die Kundin oder den Kunden mit Respekt",
        "fr": "Traite le client avec respect", "pt": "Trata o cliente com respeito",
    },
}  # fmt: skip


def _question(code: str, weight: int, *, scale: int = 0, **flags: bool) -> dict[str, Any]:
    kind: dict[str, Any] = {"kind": "scale", "max": scale} if scale else {"kind": "yes_no"}
    return {"code": code, "text": _TEXTS[code], "weight": weight, **kind, **flags}


def _section(code: str, *questions: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "title": _TEXTS[code], "questions": list(questions)}


DEFINITION: dict[str, Any] = {
    "sections": [
        _section("tone", _question("greets", 1), _question("voice", 2, scale=5), _question("language", 2, scale=5)),
        _section(
            "understanding",
            _question("reads", 3, scale=5),
            _question("asks", 1, na_allowed=True),
            _question("empathy", 2, scale=5, na_allowed=True),
        ),
        _section("solution", _question("right", 4, critical=True), _question("settles", 3, scale=5)),
        _section(
            "process",
            _question("reason", 1),
            _question("policy", 2, na_allowed=True, critical=True),
            _question("identity", 2, na_allowed=True, fatal=True),
            _question("respect", 2, fatal=True),
        ),
    ]
}


def create(tenant: TenantRow) -> Scorecard:
    """The shop's first scorecard, in force since its contract is; repeating changes nothing."""
    require_entered()
    validate_definition(DEFINITION)
    card, _ = Scorecard.objects.get_or_create(
        name=NAME, version=1, defaults={"definition": DEFINITION, "valid_from": _since(tenant)}
    )
    return card


def _since(tenant: TenantRow) -> datetime:
    signed = ContractVersion.objects.filter(contract__tenant=tenant.id, signed_at__isnull=False)
    return signed.order_by("valid_from").values_list("valid_from", flat=True).first() or clock.now()
