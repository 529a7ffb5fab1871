from django.contrib import admin

from wares.models import Ware, WareImage


class WareImages(admin.TabularInline):
    model = WareImage
    extra = 0


@admin.register(Ware)
class WareAdmin(admin.ModelAdmin):
    change_form_template = "admin/wares/ware/page.html"
    change_list_template = "admin/wares/ware/shelf.html"
    list_display = ["title", "kind"]
    actions = ["mark_as_cups"]
    inlines = [WareImages]

    def get_queryset(self, request):
        """Each member of staff works on the wares of one maker."""
        return super().get_queryset(request).filter(maker__staff=request.user)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {**(extra_context or {}), "kiln": "hot"}
        return super().change_view(request, object_id, form_url, context)

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {**(extra_context or {}), "kiln": "cold"})

    @admin.action(description="Mark as cups")
    def mark_as_cups(self, request, queryset):
        queryset.update(kind="cups")
