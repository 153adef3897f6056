"""The groups of the roles: steps of a migration."""

from django.contrib.auth.management import create_permissions

GROUPS = {
    "Moderators": (
        "view_listing", "view_listingphoto", "change_listingphoto", "view_modelversion",
        "add_review", "view_review", "overrule_review", "view_quality",
    ),
    "Engineers": (
        "view_listing", "view_listingphoto", "view_review", "view_quality", "export_labels",
        "view_modelversion", "change_modelversion", "set_thresholds", "compare_versions", "run_shadow",
        "view_retrainrun", "retrain", "view_reclassification", "add_reclassification", "view_status",
    ),
}


def make_groups(apps, schema_editor):
    """Make the groups that are missing; one that is there keeps the rights that it has."""
    using = schema_editor.connection.alias
    # Django makes permissions after the last migration only.
    config = apps.get_app_config("classifier")
    config.models_module = True
    create_permissions(config, apps=apps, using=using, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for name, rights in GROUPS.items():
        group, is_new = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)
        if is_new:
            group.permissions.set(
                permissions.filter(content_type__app_label="classifier", codename__in=rights)
            )
