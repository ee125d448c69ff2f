"""Records of a client's customers."""

from __future__ import annotations

from django.urls import path

from desk import customer_card_views as beside
from desk import customer_views as views

_CUSTOMERS = "api/desk/clients/<uuid:tenant>/customers"
_CUSTOMER = f"{_CUSTOMERS}/<uuid:customer>"

urlpatterns = [
    path(f"{_CUSTOMERS}/search", views.CustomerSearchView.as_view()),
    path("api/desk/clients/<uuid:tenant>/erasures", views.ErasuresView.as_view()),
    path(_CUSTOMER, views.CustomerView.as_view()),
    path(f"{_CUSTOMER}/export", views.CustomerExportView.as_view()),
    path(f"{_CUSTOMER}/erase", views.EraseCustomerView.as_view()),
    path(f"{_CUSTOMER}/certificate", views.CertificateView.as_view()),
    path(f"{_CUSTOMER}/beside", beside.CustomerBesideView.as_view()),
    path(f"{_CUSTOMER}/marks", beside.CustomerMarksView.as_view()),
    path(f"{_CUSTOMER}/fields", beside.CustomerFieldsView.as_view()),
    path(f"{_CUSTOMER}/customer-notes", beside.CustomerNotesView.as_view()),
    path(f"{_CUSTOMER}/customer-notes/drop", beside.DropCustomerNoteView.as_view()),
    path(f"{_CUSTOMER}/tags", beside.CustomerTagsView.as_view()),
    path(f"{_CUSTOMER}/merge", beside.MergeCustomersView.as_view()),
    path(f"{_CUSTOMER}/merge/undo", beside.UndoMergeView.as_view()),
    path("api/desk/clients/<uuid:tenant>/customer-fields", beside.FieldsOfClientView.as_view()),
]
