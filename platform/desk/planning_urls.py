"""Planning's API."""

from __future__ import annotations

from django.urls import path

from desk import planning_views as views

_WHAT_IF = "api/desk/planning/what-ifs/<uuid:what_if>"

urlpatterns = [
    path("api/desk/planning", views.PlanningView.as_view()),
    path("api/desk/planning/week", views.PlanWeekView.as_view()),
    path("api/desk/planning/what-ifs", views.WhatIfsView.as_view()),
    path(_WHAT_IF, views.WhatIfView.as_view()),
    path(f"{_WHAT_IF}/cancel", views.CancelWhatIfView.as_view()),
    path(f"{_WHAT_IF}/scenario", views.ScenarioView.as_view()),
]
