from rest_framework import generics, serializers

from wares.models import Ware


class WareSerializer(serializers.ModelSerializer):
    class Meta:
        model = Ware
        fields = ["id", "title"]


class WareList(generics.ListAPIView):
    queryset = Ware.objects.order_by("pk")
    serializer_class = WareSerializer
