"""The portal's addresses at a shop's host."""

from django.urls import path

from desk import portal_api as portal
from desk import portal_approvals as approvals
from desk import portal_contract as contract
from desk import portal_disputes as disputes
from desk import portal_evaluations as evaluations
from desk import portal_export_views as exports
from desk import portal_keys as keys

urlpatterns = [
    path("api/portal/overview", portal.OverviewView.as_view()),
    path("api/portal/live", exports.LiveView.as_view()),
    path("api/portal/items.csv", exports.ItemsCsvView.as_view()),
    path("api/portal/items.json", exports.ItemsJsonView.as_view()),
    path("api/portal/attainment.csv", exports.AttainmentCsvView.as_view()),
    path("api/portal/attainment.json", exports.AttainmentJsonView.as_view()),
    path("api/portal/quality", exports.QualityView.as_view()),
    path("api/portal/quality.csv", exports.QualityCsvView.as_view()),
    path("api/portal/quality.json", exports.QualityJsonView.as_view()),
    path("api/portal/conversations", portal.ConversationsView.as_view()),
    path("api/portal/conversations/<uuid:conversation>", portal.ConversationView.as_view()),
    path("api/portal/conversations/<uuid:conversation>/attachments/<uuid:attachment>", portal.AttachmentView.as_view()),
    path("api/portal/clocks/<uuid:clock>/recompute", disputes.RecomputeView.as_view()),
    path("api/portal/clocks/<uuid:clock>/disputes", disputes.DisputeItemView.as_view()),
    path("api/portal/disputes", disputes.DisputesView.as_view()),
    path("api/portal/disputes/<uuid:dispute>", disputes.DisputeView.as_view()),
    path("api/portal/evaluations", evaluations.EvaluationsView.as_view()),
    path("api/portal/evaluations/<uuid:evaluation>", evaluations.EvaluationView.as_view()),
    path("api/portal/evaluations/<uuid:evaluation>/dispute", evaluations.DisputeView.as_view()),
    path("api/portal/reports", portal.ReportsView.as_view()),
    path("api/portal/reports/preview", portal.ReportPreviewView.as_view()),
    path("api/portal/reports/<uuid:report>", portal.ReportView.as_view()),
    path("api/portal/reports/<uuid:report>/pdf", portal.ReportPdfView.as_view()),
    path("api/portal/reports/<uuid:report>/late.csv", portal.ReportLateView.as_view()),
    path("api/portal/reports/<uuid:report>/data", portal.ReportDataView.as_view()),
    path("api/portal/approvals", approvals.ApprovalsView.as_view()),
    path("api/portal/approvals/waiting", approvals.ApprovalsWaitingView.as_view()),
    path("api/portal/approvals/<uuid:approval>", approvals.ApprovalView.as_view()),
    path("api/portal/approvals/<uuid:approval>/answer", approvals.AnswerView.as_view()),
    path("api/approval-link/look", approvals.LookAtLinkView.as_view()),
    path("api/approval-link/answer", approvals.AnswerByLinkView.as_view()),
    path("api/portal/contract", contract.ContractView.as_view()),
    path("api/portal/contract/versions/<uuid:version>", contract.ContractVersionView.as_view()),
    path("api/portal/contract/versions/<uuid:version>/sign", contract.SignContractView.as_view()),
    path("api/portal/keys", keys.KeysView.as_view()),
    path("api/portal/keys/<uuid:key>", keys.KeyView.as_view()),
    path("api/portal/invoices", portal.InvoicesView.as_view()),
    path("api/portal/invoices/<uuid:invoice>/pdf", portal.InvoicePdfView.as_view()),
    path("api/portal/invoices/<uuid:invoice>/lines/<uuid:line>/conversations", portal.LineConversationsView.as_view()),
]
