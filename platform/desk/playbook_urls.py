"""A client's playbook, beside a conversation and where it is looked after."""

from __future__ import annotations

from django.urls import path

from desk import playbook_upkeep as upkeep
from desk import playbook_views as views

_CONVERSATION = "api/desk/clients/<uuid:tenant>/conversations/<uuid:conversation>/playbook"
_PLAYBOOK = "api/desk/clients/<uuid:tenant>/playbook"

urlpatterns = [
    path(_CONVERSATION, views.BesideView.as_view()),
    path(f"{_CONVERSATION}/replies/<uuid:item>/take", views.TakeReplyView.as_view()),
    path(f"{_CONVERSATION}/macros/<uuid:item>/run", views.RunMacroView.as_view()),
    path(f"{_CONVERSATION}/procedures/<uuid:item>/tick", views.TickStepView.as_view()),
    path(_PLAYBOOK, upkeep.ShelfView.as_view()),
    path(f"{_PLAYBOOK}/replies.csv", upkeep.ReplySheetView.as_view()),
    path(f"{_PLAYBOOK}/<uuid:item>", upkeep.ItemView.as_view()),
    path(f"{_PLAYBOOK}/<uuid:item>/restore", upkeep.RestoreView.as_view()),
    path(f"{_PLAYBOOK}/<uuid:item>/archive", upkeep.ArchiveView.as_view()),
    path(f"{_PLAYBOOK}/<uuid:item>/readers", upkeep.ReadersView.as_view()),
    path(f"{_PLAYBOOK}/<uuid:item>/confirm", views.ConfirmBulletinView.as_view()),
    path("api/desk/brand-stops", upkeep.BrandStopsView.as_view()),
]
