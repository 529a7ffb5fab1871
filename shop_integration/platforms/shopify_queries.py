"""The GraphQL documents for Shopify, version 2026-10."""

PRODUCT = """
query Product($id: ID!) {
  product(id: $id) {
    title descriptionHtml productType tags updatedAt
    category { fullName }
    variants(first: 1) { nodes { sku } }
    media(first: 100) { nodes { id alt ... on MediaImage { image { url } } } }
  }
}
"""
IDS = """
query Ids($after: String) {
  products(first: 250, after: $after, sortKey: ID) {
    nodes { legacyResourceId }
    pageInfo { hasNextPage endCursor }
  }
}
"""
MEDIA = """
query Media($id: ID!) {
  product(id: $id) {
    media(first: 250) { nodes { id ... on MediaImage { image { url } } } }
  }
}
"""
FILES = """
query Files($text: String!) {
  files(first: 10, query: $text) { nodes { id ... on MediaImage { image { url } } } }
}
"""
FILE = """
query File($id: ID!) {
  node(id: $id) { ... on MediaImage { fileStatus fileErrors { code message } } }
}
"""
STAGE = """
mutation Stage($input: [StagedUploadInput!]!) {
  stagedUploadsCreate(input: $input) {
    stagedTargets { url resourceUrl parameters { name value } }
    userErrors { field message }
  }
}
"""
CREATE_FILE = """
mutation CreateFile($files: [FileCreateInput!]!) {
  fileCreate(files: $files) { files { id fileStatus } userErrors { code field message } }
}
"""
UPDATE_FILE = """
mutation UpdateFile($files: [FileUpdateInput!]!) {
  fileUpdate(files: $files) { files { id } userErrors { code field message } }
}
"""
REORDER = """
mutation Reorder($id: ID!, $moves: [MoveInput!]!) {
  productReorderMedia(id: $id, moves: $moves) { mediaUserErrors { code field message } }
}
"""
DELETE_FILES = """
mutation DeleteFiles($ids: [ID!]!) {
  fileDelete(fileIds: $ids) { deletedFileIds userErrors { code field message } }
}
"""
SCOPES = """
query Scopes { currentAppInstallation { accessScopes { handle } } }
"""
