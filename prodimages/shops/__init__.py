"""Shops: where products come from and where their pictures go."""

from prodimages.shops.base import Photo, Picture, ProductInfo, ShopBackend

__all__ = ["Photo", "Picture", "ProductInfo", "ShopBackend"]
