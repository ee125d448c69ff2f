"""The desk's API; included at the root of the desk host."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from desk import approval_views as approval
from desk import console_views as console
from desk import conversation_views as conversation
from desk import floor_views as floor
from desk import handing_on_views as handing_on
from people.access import anyone


class SchemaView(SpectacularAPIView):
    access = anyone("the shape of the API is public; it holds no data")


_CONVERSATION = "api/desk/clients/<uuid:tenant>/conversations/<uuid:conversation>"
_WORK = "api/desk/work/<uuid:work_item>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/desk/changes", console.ChangesView.as_view()),
    path("api/desk/state", console.StateView.as_view()),
    path("api/desk/next", console.NextView.as_view()),
    path(f"{_WORK}/accept", console.AcceptView.as_view()),
    path(f"{_WORK}/decline", console.DeclineView.as_view()),
    path(f"{_WORK}/finish-wrap-up", console.FinishWrapUpView.as_view()),
    path(f"{_WORK}/transfer", handing_on.TransferView.as_view()),
    path(f"{_WORK}/put-off", handing_on.PutOffView.as_view()),
    path(_CONVERSATION, conversation.ConversationView.as_view()),
    path(f"{_CONVERSATION}/messages", conversation.MessagesView.as_view()),
    path(f"{_CONVERSATION}/reply", conversation.ReplyView.as_view()),
    path(f"{_CONVERSATION}/notes", conversation.NotesView.as_view()),
    path(f"{_CONVERSATION}/messages/<uuid:message>/decide", conversation.DecisionView.as_view()),
    path(f"{_CONVERSATION}/close", conversation.CloseView.as_view()),
    path(f"{_CONVERSATION}/no-reply-needed", conversation.NoReplyView.as_view()),
    path(f"{_CONVERSATION}/approvals", approval.ApprovalsView.as_view()),
    path(f"{_CONVERSATION}/approvals/<uuid:approval>/withdraw", approval.WithdrawView.as_view()),
    path(f"{_CONVERSATION}/typing", conversation.TypingView.as_view()),
    path(f"{_CONVERSATION}/read", conversation.ReadView.as_view()),
    path("api/desk/clients/<uuid:tenant>/attachments/<uuid:attachment>", conversation.AttachmentView.as_view()),
    path("api/desk/floor", floor.FloorView.as_view()),
    path("api/desk/floor/asked-clients", approval.AskedClientsView.as_view()),
    path("api/desk/floor/no-reply", floor.NoReplyRatesView.as_view()),
    path("api/desk/floor/agents/<uuid:agent>/state", floor.AgentStateView.as_view()),
    path("api/desk/floor/agents/<uuid:agent>/switch-limit", floor.SwitchLimitView.as_view()),
    path("api/desk/floor/work/<uuid:work_item>/assign", floor.AssignView.as_view()),
    path("api/desk/finished", floor.FinishedView.as_view()),
    path("", include("desk.composing_urls")),
    path("", include("desk.customer_urls")),
    path("", include("desk.operator_urls")),
    path("", include("desk.evaluation_urls")),
    path("", include("desk.presence_urls")),
    path("", include("desk.planning_urls")),
    path("", include("desk.finding_urls")),
    path("", include("desk.playbook_urls")),
]
