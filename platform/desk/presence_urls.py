"""The API of presence."""

from __future__ import annotations

from django.urls import path

from desk import presence_views as views

urlpatterns = [
    path("api/desk/state-reasons", views.StateReasonsView.as_view()),
    path("api/desk/state-reasons/order", views.StateReasonOrderView.as_view()),
    path("api/desk/presence", views.PresenceDayView.as_view()),
    path("api/desk/presence.csv", views.PresenceDayCsvView.as_view()),
    path("api/desk/time", views.TimeSheetView.as_view()),
    path("api/desk/time.csv", views.TimeSheetCsvView.as_view()),
    path("api/desk/time/<uuid:agent>", views.AgentTimeView.as_view()),
    path("api/desk/agents/<uuid:agent>/capacity", views.CapacityView.as_view()),
]
