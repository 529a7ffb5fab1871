"""The GraphQL documents for Saleor 3.20 and later."""

PRODUCT = """
query Product($id: ID!) {
  product(id: $id) {
    name description updatedAt
    category { slug ancestors(first: 20) { edges { node { slug } } } }
    collections { name }
    productType { name }
    variants { sku }
    media { id alt type sortOrder url(size: 0) }
  }
}
"""
IDS = """
query Ids($after: String) {
  products(first: 100, after: $after) {
    edges { node { id } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
MEDIA = """
query Media($id: ID!) {
  product(id: $id) { media { id type sortOrder url(size: 0) } }
}
"""
ADD = """
mutation Add($input: ProductMediaCreateInput!) {
  productMediaCreate(input: $input) { media { id } errors { field message code } }
}
"""
REORDER = """
mutation Reorder($id: ID!, $ids: [ID!]!) {
  productMediaReorder(productId: $id, mediaIds: $ids) { errors { field message code } }
}
"""
REMOVE = """
mutation Remove($id: ID!) {
  productMediaDelete(id: $id) { media { id } errors { field message code } }
}
"""
RIGHTS = """
query Rights { app { permissions { code } } }
"""
