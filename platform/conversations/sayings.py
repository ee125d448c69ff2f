"""What the platform says by itself to shoppers, in six languages; the shop's first language where one is missing."""

from __future__ import annotations

from collections.abc import Mapping

_Texts = dict[str, str]

_SUBJECTS: dict[str, _Texts] = {
    "received": {
        "en": "We have your message – case {case_number}",
        "es": "Hemos recibido su mensaje – caso {case_number}",
        "it": "Abbiamo ricevuto il suo messaggio – caso {case_number}",
        "de": "Wir haben Ihre Nachricht erhalten – Fall {case_number}",
        "fr": "Nous avons bien reçu votre message – dossier {case_number}",
        "pt": "Recebemos a sua mensagem – caso {case_number}",
    },
    "card_removed": {
        "en": "We removed a card number from your message – case {case_number}",
        "es": "Hemos quitado un número de tarjeta de su mensaje – caso {case_number}",
        "it": "Abbiamo tolto un numero di carta dal suo messaggio – caso {case_number}",
        "de": "Wir haben eine Kartennummer aus Ihrer Nachricht entfernt – Fall {case_number}",
        "fr": "Nous avons retiré un numéro de carte de votre message – dossier {case_number}",
        "pt": "Retirámos um número de cartão da sua mensagem – caso {case_number}",
    },
}
_SAYINGS: dict[str, _Texts] = {
    "received": {
        "en": "Hello,\n\nwe have received your message. Your case number is {case_number}. A person of the {shop} team"
        " will answer you; you need not write again. You can reply to this message to add something.\n\n"
        "See how it stands: {status_url}\n\n{shop}",
        "es": "Hola:\n\nhemos recibido su mensaje. Su número de caso es {case_number}. Una persona del equipo de {shop}"
        " le responderá; no hace falta que vuelva a escribir. Si quiere añadir algo, responda a este mensaje.\n\n"
        "Consulte cómo va: {status_url}\n\n{shop}",
        "it": "Buongiorno,\n\nabbiamo ricevuto il suo messaggio. Il numero del suo caso è {case_number}. Una persona"
        " del team {shop} le risponderà; non occorre scrivere di nuovo. Per aggiungere qualcosa, risponda a questo"
        " messaggio.\n\nVeda a che punto è: {status_url}\n\n{shop}",
        "de": "Guten Tag,\n\nwir haben Ihre Nachricht erhalten. Ihre Fallnummer ist {case_number}. Jemand aus dem"
        " Team von {shop} antwortet Ihnen; Sie müssen nicht noch einmal schreiben. Wenn Sie etwas ergänzen möchten,"
        " antworten Sie auf diese Nachricht.\n\nSo steht es um Ihr Anliegen: {status_url}\n\n{shop}",
        "fr": "Bonjour,\n\nnous avons bien reçu votre message. Votre numéro de dossier est {case_number}. Une personne"
        " de l'équipe {shop} vous répondra ; inutile d'écrire à nouveau. Pour ajouter quelque chose, répondez à ce"
        " message.\n\nSuivre votre dossier : {status_url}\n\n{shop}",
        "pt": "Olá,\n\nrecebemos a sua mensagem. O número do seu caso é {case_number}. Uma pessoa da equipa {shop}"
        " vai responder-lhe; não precisa de escrever de novo. Se quiser acrescentar algo, responda a esta"
        " mensagem.\n\nVeja o estado do seu caso: {status_url}\n\n{shop}",
    },
    "card_removed": {
        "en": "For your safety we removed a card number from your message and kept only its last four digits. We never"
        " need the whole number; please do not send it. The rest of your message has reached us.\n\n{shop}",
        "es": "Por su seguridad hemos quitado un número de tarjeta de su mensaje y guardado solo las cuatro últimas"
        " cifras. Nunca necesitamos el número completo; no lo envíe, por favor. El resto de su mensaje nos ha"
        " llegado.\n\n{shop}",
        "it": "Per la sua sicurezza abbiamo tolto un numero di carta dal suo messaggio e conservato solo le ultime"
        " quattro cifre. Il numero completo non ci serve mai; per favore non lo invii. Il resto del messaggio ci è"
        " arrivato.\n\n{shop}",
        "de": "Zu Ihrer Sicherheit haben wir eine Kartennummer aus Ihrer Nachricht entfernt und nur die letzten vier"
        " Ziffern behalten. Die ganze Nummer brauchen wir nie; bitte senden Sie sie nicht. Der Rest Ihrer Nachricht"
        " ist bei uns angekommen.\n\n{shop}",
        "fr": "Pour votre sécurité, nous avons retiré un numéro de carte de votre message et n'en avons gardé que les"
        " quatre derniers chiffres. Nous n'avons jamais besoin du numéro entier ; merci de ne pas l'envoyer. Le reste"
        " de votre message nous est parvenu.\n\n{shop}",
        "pt": "Para sua segurança, retirámos um número de cartão da sua mensagem e guardámos apenas os quatro últimos"
        " algarismos. Nunca precisamos do número completo; por favor, não o envie. O resto da sua mensagem chegou até"
        " nós.\n\n{shop}",
    },
}


def saying(code: str, language: str, params: Mapping[str, str], *, fallback: str = "en") -> tuple[str, str]:
    """``(subject, text)`` of a saying; KeyError for an unknown code or a missing parameter."""
    texts, subjects = _SAYINGS[code], _SUBJECTS[code]
    spoken = next(known for known in (language[:2], fallback[:2], "en") if known in texts)
    return _fill(subjects[spoken], params), _fill(texts[spoken], params)


def _fill(template: str, params: Mapping[str, str]) -> str:
    # One pass over our own template: what the parameters hold is never read as a template again.
    return template.format_map(params)
