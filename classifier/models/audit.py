"""Who did what that others must be able to ask about: sign-ins, exports, deletions."""

from django.db import models
from django.utils import timezone


class AuditEntry(models.Model):
    """One act of one person. The name is kept as text: it outlives the account."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    who = models.CharField(max_length=150, blank=True, help_text="Empty: a command or a stranger.")
    action = models.CharField(max_length=40)
    about = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.who or '–'} {self.action} {self.about}".rstrip()
