"""A second factor: an app's codes (TOTP, RFC 6238) and backup codes, kept by django-otp.

docs/decisions/0031-django-otp.md says what is ours and what is the package's.
"""
