"""What a new shop starts with: form categories and contact reasons, in six languages."""

from __future__ import annotations

from conversations.models import Category, ContactReason
from kernel.tenancy import TenantRow, require_entered

Labels = dict[str, str]

CATEGORIES: dict[str, Labels] = {
    "order": {
        "en": "My order", "es": "Mi pedido", "it": "Il mio ordine",
        "de": "Meine Bestellung", "fr": "Ma commande", "pt": "A minha encomenda",
    },
    "delivery": {
        "en": "Delivery", "es": "Entrega", "it": "Consegna",
        "de": "Lieferung", "fr": "Livraison", "pt": "Entrega",
    },
    "return": {
        "en": "Return or exchange", "es": "Devolución o cambio", "it": "Reso o cambio",
        "de": "Rückgabe oder Umtausch", "fr": "Retour ou échange", "pt": "Devolução ou troca",
    },
    "payment": {
        "en": "Payment or invoice", "es": "Pago o factura", "it": "Pagamento o fattura",
        "de": "Zahlung oder Rechnung", "fr": "Paiement ou facture", "pt": "Pagamento ou fatura",
    },
    "product": {
        "en": "A product", "es": "Un producto", "it": "Un prodotto",
        "de": "Ein Produkt", "fr": "Un produit", "pt": "Um produto",
    },
    "complaint": {
        "en": "Complaint", "es": "Reclamación", "it": "Reclamo",
        "de": "Beschwerde", "fr": "Réclamation", "pt": "Reclamação",
    },
    "other": {
        "en": "Something else", "es": "Otra cosa", "it": "Altro",
        "de": "Etwas anderes", "fr": "Autre chose", "pt": "Outro assunto",
    },
}  # fmt: skip

CONTACT_REASONS: dict[str, Labels] = {
    "where_is_my_order": {
        "en": "Where is my order", "es": "Dónde está mi pedido", "it": "Dov'è il mio ordine",
        "de": "Wo ist meine Bestellung", "fr": "Où est ma commande", "pt": "Onde está a minha encomenda",
    },
    "delivery_late": {
        "en": "Late delivery", "es": "Entrega con retraso", "it": "Consegna in ritardo",
        "de": "Verspätete Lieferung", "fr": "Livraison en retard", "pt": "Entrega atrasada",
    },
    "damaged_or_wrong": {
        "en": "Damaged or wrong item", "es": "Artículo dañado o equivocado", "it": "Articolo danneggiato o errato",
        "de": "Beschädigter oder falscher Artikel", "fr": "Article endommagé ou erroné",
        "pt": "Artigo danificado ou errado",
    },
    "return_or_exchange": {
        "en": "Return or exchange", "es": "Devolución o cambio", "it": "Reso o cambio",
        "de": "Rückgabe oder Umtausch", "fr": "Retour ou échange", "pt": "Devolução ou troca",
    },
    "refund": {
        "en": "Refund", "es": "Reembolso", "it": "Rimborso",
        "de": "Erstattung", "fr": "Remboursement", "pt": "Reembolso",
    },
    "change_or_cancel": {
        "en": "Change or cancel an order", "es": "Cambiar o cancelar un pedido", "it": "Modifica o annullamento ordine",
        "de": "Bestellung ändern oder stornieren", "fr": "Modifier ou annuler une commande",
        "pt": "Alterar ou cancelar uma encomenda",
    },
    "payment_or_invoice": {
        "en": "Payment or invoice", "es": "Pago o factura", "it": "Pagamento o fattura",
        "de": "Zahlung oder Rechnung", "fr": "Paiement ou facture", "pt": "Pagamento ou fatura",
    },
    "product_question": {
        "en": "Product question", "es": "Pregunta sobre un producto", "it": "Domanda su un prodotto",
        "de": "Frage zu einem Produkt", "fr": "Question sur un produit", "pt": "Pergunta sobre um produto",
    },
    "account": {
        "en": "Account or sign-in", "es": "Cuenta o acceso", "it": "Account o accesso",
        "de": "Konto oder Anmeldung", "fr": "Compte ou connexion", "pt": "Conta ou acesso",
    },
    "complaint": {
        "en": "Complaint", "es": "Reclamación", "it": "Reclamo",
        "de": "Beschwerde", "fr": "Réclamation", "pt": "Reclamação",
    },
    "thanks": {
        "en": "Thanks or praise", "es": "Agradecimiento", "it": "Ringraziamento",
        "de": "Dank oder Lob", "fr": "Remerciement", "pt": "Agradecimento",
    },
    "other": {
        "en": "Something else", "es": "Otro motivo", "it": "Altro motivo",
        "de": "Anderer Grund", "fr": "Autre motif", "pt": "Outro motivo",
    },
}  # fmt: skip


def create(tenant: TenantRow) -> None:
    """Write the starting categories and contact reasons of a shop; repeating changes nothing."""
    require_entered()
    categories = [Category(code=code, labels=texts, position=n) for n, (code, texts) in enumerate(CATEGORIES.items())]
    reasons = [
        ContactReason(code=code, labels=texts, position=n) for n, (code, texts) in enumerate(CONTACT_REASONS.items())
    ]
    Category.objects.bulk_create(categories, ignore_conflicts=True)
    ContactReason.objects.bulk_create(reasons, ignore_conflicts=True)


def label(labels: Labels, language: str, fallback: str = "en") -> str:
    """The text of a label in ``language``, else in ``fallback``, else any."""
    return labels.get(language) or labels.get(fallback) or next(iter(labels.values()), "")
