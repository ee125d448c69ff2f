"""The operator's API."""

from __future__ import annotations

from django.urls import path

from desk import operator_billing as billing
from desk import operator_views as views

_INVOICE = "api/desk/invoices/<uuid:invoice>"

urlpatterns = [
    path("api/desk/billing", billing.BillingView.as_view()),
    path("api/desk/clients/<uuid:tenant>/invoices", billing.DraftView.as_view()),
    path(_INVOICE, billing.InvoiceView.as_view()),
    path(f"{_INVOICE}/lines/<uuid:line>/conversations", billing.LineConversationsView.as_view()),
    path(f"{_INVOICE}/issue", billing.IssueView.as_view()),
    path(f"{_INVOICE}/pdf", billing.PdfView.as_view()),
    path("api/desk/clients", views.ShopsView.as_view()),
    path("api/desk/people", views.PeopleView.as_view()),
    path("api/desk/audit", views.AuditView.as_view()),
]
