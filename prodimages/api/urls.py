"""``path("api/v1/", include("prodimages.api.urls"))`` in the host's URLconf."""

from django.urls import path

from prodimages.api.views import description, generations, images, styles

app_name = "prodimages_api"

urlpatterns = [
    path("generations/", generations.Generations.as_view(), name="generations"),
    path("generations/bulk/", generations.BulkGenerations.as_view(), name="bulk"),
    path("generations/<int:pk>/", generations.OneGeneration.as_view(), name="generation"),
    path("generations/<int:pk>/cancel/", generations.CancelGeneration.as_view(), name="cancel"),
    path("generations/<int:pk>/retry/", generations.RetryGeneration.as_view(), name="retry"),
    path("images/", images.Images.as_view(), name="images"),
    path("images/<int:pk>/", images.OneImage.as_view(), name="image"),
    path("images/<int:pk>/file/", images.ImageFile.as_view(), name="image-file"),
    path("images/<int:pk>/thumbnail/", images.ImageThumbnail.as_view(), name="image-thumbnail"),
    path("images/<int:pk>/approve/", images.ApproveImage.as_view(), name="approve"),
    path("images/<int:pk>/reject/", images.RejectImage.as_view(), name="reject"),
    path("images/<int:pk>/publish/", images.PublishImage.as_view(), name="publish"),
    path("products/<str:product>/images/", images.ImagesOfProduct.as_view(), name="of-product"),
    path("styles/", styles.Styles.as_view(), name="styles"),
    path("openapi.json", description.openapi, name="openapi"),
    path("docs/", description.docs, name="docs"),
]
