from django.contrib import admin

from moderation.audit.admin import ReadOnlyAdmin
from moderation.intake.models import Erasure, Import, Submission, Work


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ("id", "client", "state", "source", "created_at", "analysed_at")
    list_filter = ("state", "source")
    show_full_result_count = False


@admin.register(Work)
class WorkAdmin(ReadOnlyAdmin):
    list_display = ("submission", "purpose", "priority", "attempts", "leased_until", "done_at", "last_error")
    show_full_result_count = False


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("id", "client", "state", "rows", "done", "accepted", "created_at", "finished_at")
    list_filter = ("state",)
    show_full_result_count = False


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ("submission", "client", "erased", "files", "erased_at")
    search_fields = ("submission",)
    show_full_result_count = False
