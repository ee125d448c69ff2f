"""The API of quality."""

from __future__ import annotations

from django.urls import path

from desk import evaluation_views as views

_CLIENT = "api/desk/clients/<uuid:tenant>"

urlpatterns = [
    path(f"{_CLIENT}/scorecard", views.ScorecardView.as_view()),
    path(f"{_CLIENT}/conversations/<uuid:conversation>/evaluations", views.EvaluateView.as_view()),
    path("api/desk/evaluations", views.EvaluationsView.as_view()),
    path(f"{_CLIENT}/evaluations/<uuid:evaluation>", views.EvaluationView.as_view()),
    path(f"{_CLIENT}/evaluations/<uuid:evaluation>/read", views.ReadView.as_view()),
]
