"""What is found again, and by what: search, saved views, tags, contact reasons."""

from __future__ import annotations

from django.urls import path

from desk import beside_views as beside
from desk import search_views as search
from desk import tag_views as tags

_CLIENT = "api/desk/clients/<uuid:tenant>"

urlpatterns = [
    path("api/desk/search", search.SearchView.as_view()),
    path("api/desk/views", search.SavedViewsView.as_view()),
    path("api/desk/views/<uuid:view>", search.SavedViewView.as_view()),
    path(f"{_CLIENT}/tags", tags.TagsView.as_view()),
    path(f"{_CLIENT}/tags/in-use", tags.TagsInUseView.as_view()),
    path(f"{_CLIENT}/contact-reasons", tags.ReasonsView.as_view()),
    path("api/desk/followed", beside.FollowedView.as_view()),
    path(f"{_CLIENT}/conversations/<uuid:conversation>/links", beside.LinksView.as_view()),
    path(f"{_CLIENT}/conversations/<uuid:conversation>/follow", beside.FollowView.as_view()),
    path(f"{_CLIENT}/conversations/<uuid:conversation>/merge", beside.MergeConversationsView.as_view()),
    path(f"{_CLIENT}/conversations/<uuid:conversation>/reopen", beside.ReopenView.as_view()),
    path(f"{_CLIENT}/conversations/<uuid:conversation>/tags", tags.ConversationTagsView.as_view()),
]
