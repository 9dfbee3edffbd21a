from django.contrib import admin

from moderation.audit.admin import ReadOnlyAdmin
from moderation.review.models import Appeal, Case, Decision, Report


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = ("submission", "client", "state", "reason", "priority", "opened_at", "escalated_at", "decided_at")
    list_filter = ("state", "reason")
    search_fields = ("id", "submission__id")
    show_full_result_count = False


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("submission", "label", "reason_code", "person", "key", "revision", "decided_at", "undone_at")
    list_filter = ("label", "reason_code")
    search_fields = ("id", "submission__id")
    list_select_related = ("person", "key__client")
    show_full_result_count = False


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("submission", "client", "expected", "outcome", "revision", "created_at")
    list_filter = ("expected",)
    search_fields = ("id", "submission__id")
    list_select_related = ("client", "decision")
    show_full_result_count = False


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin):
    list_display = ("submission", "client", "state", "outcome", "revision", "opened_at", "decided_at")
    list_filter = ("outcome",)
    search_fields = ("id", "submission__id")
    show_full_result_count = False
