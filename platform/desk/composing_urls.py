"""What is being written, who is named, and what a shopper types."""

from __future__ import annotations

from django.urls import path

from desk import composing_views as views

_CLIENT = "api/desk/clients/<uuid:tenant>"
_TALK = f"{_CLIENT}/conversations/<uuid:conversation>"

urlpatterns = [
    path("api/desk/mentions", views.MentionsView.as_view()),
    path(f"{_CLIENT}/colleagues", views.ColleaguesView.as_view()),
    path(f"{_CLIENT}/peeks", views.PeekSwitchView.as_view()),
    path(f"{_TALK}/unsent", views.UnsentView.as_view()),
    path(f"{_TALK}/draft", views.DraftView.as_view()),
    path(f"{_TALK}/held", views.HeldRepliesView.as_view()),
    path(f"{_TALK}/held/<uuid:held>", views.HeldReplyView.as_view()),
    path(f"{_TALK}/held/<uuid:held>/cancel", views.CancelHeldView.as_view()),
    path(f"{_TALK}/held/<uuid:held>/send", views.SendHeldView.as_view()),
    path(f"{_TALK}/mentions/seen", views.SeenMentionsView.as_view()),
    path(f"{_TALK}/peek", views.PeekView.as_view()),
]
