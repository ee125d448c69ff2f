"""The operator's API."""

from __future__ import annotations

from django.urls import path

from desk import competence_views as competence
from desk import contract_views as contracts
from desk import dispute_views as disputes
from desk import held_up_views as held_up
from desk import operator_billing as billing
from desk import operator_views as views
from desk import personnel_views as personnel
from desk import queue_views as queues
from desk import report_views as reports
from desk import shop_keys as keys
from desk import shop_views as shops

_INVOICE = "api/desk/invoices/<uuid:invoice>"
_CONTRACT = "api/desk/clients/<uuid:tenant>/contract"
_REPORTS = "api/desk/clients/<uuid:tenant>/reports"
_QUARANTINED = "api/desk/clients/<uuid:tenant>/quarantine/<uuid:receipt>"

urlpatterns = [
    path("api/desk/billing", billing.BillingView.as_view()),
    path("api/desk/clients/<uuid:tenant>/invoices", billing.DraftView.as_view()),
    path(_INVOICE, billing.InvoiceView.as_view()),
    path(f"{_INVOICE}/lines/<uuid:line>/conversations", billing.LineConversationsView.as_view()),
    path(f"{_INVOICE}/issue", billing.IssueView.as_view()),
    path(f"{_INVOICE}/pdf", billing.PdfView.as_view()),
    path("api/desk/clients/<uuid:tenant>", shops.ShopView.as_view()),
    path("api/desk/clients/<uuid:tenant>/queues", queues.QueuesView.as_view()),
    path("api/desk/clients/<uuid:tenant>/logo", shops.LogoView.as_view()),
    path("api/desk/clients/<uuid:tenant>/suspend", shops.SuspendView.as_view()),
    path("api/desk/clients/<uuid:tenant>/resume", shops.ResumeView.as_view()),
    path("api/desk/clients/<uuid:tenant>/export", shops.ExportShopView.as_view()),
    path("api/desk/clients/<uuid:tenant>/delete", shops.DeleteShopView.as_view()),
    path(_CONTRACT, contracts.ContractView.as_view()),
    path(f"{_CONTRACT}/versions/<uuid:version>", contracts.ContractVersionView.as_view()),
    path(f"{_CONTRACT}/versions/<uuid:version>/offer", contracts.OfferContractView.as_view()),
    path(_REPORTS, reports.ReportsOfClientView.as_view()),
    path(f"{_REPORTS}/plan", reports.ReportPlanView.as_view()),
    path(f"{_REPORTS}/<uuid:report>/send", reports.SendReportView.as_view()),
    path(f"{_REPORTS}/<uuid:report>/pdf", reports.ClientReportPdfView.as_view()),
    path("api/desk/clients", views.ShopsView.as_view()),
    path("api/desk/clients/<uuid:tenant>/embedding", views.EmbeddingView.as_view()),
    path("api/desk/people", views.PeopleView.as_view()),
    path("api/desk/disputes", disputes.DisputesView.as_view()),
    path("api/desk/clients/<uuid:tenant>/disputes/<uuid:dispute>", disputes.DisputeView.as_view()),
    path("api/desk/clients/<uuid:tenant>/disputes/<uuid:dispute>/answer", disputes.AnswerDisputeView.as_view()),
    path("api/desk/held-up", held_up.HeldUpView.as_view()),
    path("api/desk/clients/<uuid:tenant>/held-up", held_up.HeldUpAtClientView.as_view()),
    path(_QUARANTINED, held_up.QuarantinedView.as_view()),
    path(f"{_QUARANTINED}/handle-again", held_up.HandleAgainView.as_view()),
    path(f"{_QUARANTINED}/set-aside", held_up.SetAsideView.as_view()),
    path("api/desk/people/import", competence.ImportView.as_view()),
    path("api/desk/people.csv", competence.ExportView.as_view()),
    path("api/desk/invitations", personnel.InvitationsView.as_view()),
    path("api/desk/accreditations/grant", competence.GrantView.as_view()),
    path("api/desk/accreditations/withdraw", competence.WithdrawView.as_view()),
    path("api/desk/skills", competence.SkillsView.as_view()),
    path("api/desk/rivals", competence.RivalsView.as_view()),
    path("api/desk/rivals/allow", competence.AllowRivalsView.as_view()),
    path("api/desk/skills/level", competence.LevelView.as_view()),
    path("api/desk/clients/<uuid:tenant>/could-serve", competence.CouldServeView.as_view()),
    path("api/desk/clients/<uuid:tenant>/keys", keys.ShopKeysView.as_view()),
    path("api/desk/clients/<uuid:tenant>/keys/<uuid:key>", keys.ShopKeyView.as_view()),
    path("api/desk/people/<uuid:person>", personnel.PersonView.as_view()),
    path("api/desk/people/<uuid:person>/password-link", personnel.InvitationView.as_view()),
    path("api/desk/people/<uuid:person>/sessions", personnel.SessionsView.as_view()),
    path("api/desk/people/<uuid:person>/lock", personnel.LockView.as_view()),
    path("api/desk/people/<uuid:person>/second-factor", personnel.SecondFactorView.as_view()),
    path("api/desk/audit", personnel.AuditView.as_view()),
    path("api/desk/audit/actions", personnel.AuditActionsView.as_view()),
    path("api/desk/audit.csv", personnel.AuditCsvView.as_view()),
]
