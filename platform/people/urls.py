"""Who one is, at both doors."""

from django.urls import path

from people.me import CsrfView, MeView

urlpatterns = [
    path("api/me", MeView.as_view()),
    path("api/csrf", CsrfView.as_view()),
]
