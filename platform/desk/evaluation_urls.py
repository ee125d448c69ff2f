"""The API of quality."""

from __future__ import annotations

from django.urls import path

from desk import evaluation_views as views
from desk import sampling_views as sampling
from desk import scorecard_views as scorecards

_CLIENT = "api/desk/clients/<uuid:tenant>"
_EVALUATION = f"{_CLIENT}/evaluations/<uuid:evaluation>"
_SCORECARD = f"{_CLIENT}/scorecards/<uuid:scorecard>"

urlpatterns = [
    path(f"{_CLIENT}/scorecard", views.ScorecardView.as_view()),
    path(f"{_CLIENT}/scorecards", scorecards.ScorecardsView.as_view()),
    path(_SCORECARD, scorecards.ScorecardVersionView.as_view()),
    path(f"{_SCORECARD}/publish", scorecards.PublishView.as_view()),
    path(f"{_CLIENT}/conversations/<uuid:conversation>/evaluations", views.EvaluateView.as_view()),
    path(f"{_CLIENT}/conversations/<uuid:conversation>/evaluation-forms/<uuid:work_item>", views.FormView.as_view()),
    path("api/desk/evaluations", views.EvaluationsView.as_view()),
    path(_EVALUATION, views.EvaluationView.as_view()),
    path(f"{_EVALUATION}/read", views.ReadView.as_view()),
    path(f"{_EVALUATION}/release", views.ReleaseView.as_view()),
    path(f"{_EVALUATION}/acknowledge", views.AcknowledgeView.as_view()),
    path(f"{_EVALUATION}/dispute", views.DisputeEvaluationView.as_view()),
    path("api/desk/evaluation-disputes", views.OpenDisputesView.as_view()),
    path(f"{_CLIENT}/evaluation-disputes/<uuid:evaluation_dispute>/decide", views.DecideView.as_view()),
    path(f"{_CLIENT}/sampling", sampling.SamplingView.as_view()),
    path(f"{_CLIENT}/sampling/<uuid:plan>", sampling.SamplingPlanView.as_view()),
    path(f"{_CLIENT}/sampling/<uuid:plan>/draw", sampling.DrawView.as_view()),
    path("api/desk/to-evaluate", sampling.ToEvaluateView.as_view()),
    path(f"{_CLIENT}/quality-terms", views.TermsView.as_view()),
]
