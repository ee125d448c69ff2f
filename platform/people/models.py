"""Who works here and who may what. Public schema: staff and client users, never customers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Func, Q

from kernel.ids import new_id
from people.view_models import Follow as Follow
from people.view_models import SavedView as SavedView
from tenants.models import Tenant


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> Person:
        person = self.model(email=self.normalize_email(email).lower(), **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> Person:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class Person(AbstractBaseUser, PermissionsMixin):
    """A member of the BPO's staff or a client's user."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=8, default="en", help_text="Of the screens.")
    time_zone = models.CharField(max_length=64, default="Europe/Madrid")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A role. Staff roles carry no tenant; a client user's role carries theirs.

    A client may do all that the portal offers; a viewer reads what is not money, and issues nothing.
    """

    class Role(models.TextChoices):
        AGENT = "agent"
        SUPERVISOR = "supervisor"
        OPERATOR = "operator"
        CLIENT = "client"
        VIEWER = "viewer"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    tenant = models.ForeignKey(Tenant, null=True, blank=True, on_delete=models.CASCADE, related_name="memberships")
    all_clients = models.BooleanField(
        default=True, help_text="Of a supervisor: else only those they are accredited for."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "role", "tenant"], name="one_membership", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(role__in=("client", "viewer"), tenant__isnull=False)
                | (~Q(role__in=("client", "viewer")) & Q(tenant__isnull=True)),
                name="client_role_carries_tenant",
            ),
        ]


class _TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Skill(models.Model):
    """Something an agent can do: ``lang:it``, ``product:returns``, ``channel:chat``.

    A product skill of one shop is ``product:<slug>:<what>``. Queues and waiting work name skills by code, so a code is
    never changed; its name may be.
    """

    class Kind(models.TextChoices):
        LANGUAGE = "language"
        PRODUCT = "product"
        CHANNEL = "channel"

    code = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=80)


class PersonSkill(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField(help_text="1 to 5.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "skill"], name="one_level_per_skill"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="level_1_to_5"),
        ]


class Accreditation(models.Model):
    """An agent's leave to serve one tenant, from–until, under an alias; or only to read there."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="accreditations")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="accreditations")
    alias = models.CharField(max_length=60, help_text="The name that the shop's customers see.")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    is_read_only = models.BooleanField(default=False, help_text="May look at conversations, and is given none.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="until_after_from"
            ),
            ExclusionConstraint(
                name="accreditations_never_overlap",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("tenant"), RangeOperators.EQUAL),
                    (_TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class LeaveRecord(models.Model):
    """What a person could do from this instant on, until their next record. Append-only: a trigger refuses changes.

    ``levels``: skill code → level. ``accreditations``: ``[{"tenant", "from", "until", "read_only", "alias"}]``.
    ``is_assumed``: how things stood before the first change that was recorded.
    """

    # Not constrained: who is gone stays written down as they were.
    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    at = models.DateTimeField()
    is_assumed = models.BooleanField(default=False)
    is_active = models.BooleanField()
    roles = models.JSONField(default=list)
    levels = models.JSONField(default=dict)
    accreditations = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "-at"], name="leave_by_person")]


class Session(AbstractBaseSession):
    """A signed-in browser. ``id`` is its public name; the key is the secret in the cookie."""

    id = models.UUIDField(default=new_id, editable=False, db_index=True, help_text="Stays when the key is changed.")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="sessions")
    host = models.CharField(max_length=200, blank=True, help_text="Where it was opened: the desk, or a shop's host.")
    program = models.CharField(max_length=300, blank=True, help_text="What the browser calls itself.")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    @classmethod
    def get_session_store_class(cls) -> Any:
        from people.session_store import SessionStore

        return SessionStore


class Invitation(models.Model):
    """A single-use link to set a first or a new password. Only the hash of its token is here."""

    class Purpose(models.TextChoices):
        INVITE = "invite"
        RESET = "reset"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, hex.")
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_per_person",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "-made_at"], name="invitation_by_person")]


class ApiKey(models.Model):
    """Reads a shop's portal for a program, in the name of the client user who made it and no further."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="api_keys")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the key, hex; the key is not kept.")
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class AuditEntry(models.Model):
    """Who did what to which row; ids and codes only. Append-only: a trigger refuses every change."""

    at = models.DateTimeField(db_index=True)
    # Not constrained: who or which shop is gone stays written down as it was.
    person = models.ForeignKey(Person, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    action = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["action", "-at"], name="audit_by_action"),
            models.Index(fields=["person", "-at"], name="audit_by_person"),
            models.Index(fields=["tenant", "-at"], name="audit_by_tenant"),
        ]
