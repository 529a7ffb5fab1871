"use strict";

{
  const place = document.getElementById("swagger");
  SwaggerUIBundle({
    url: place.dataset.openapi,
    domNode: place,
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis],
    // A person's session needs the token for what changes something; a key ignores it.
    requestInterceptor(request) {
      const own = new URL(request.url, location.href).origin === location.origin;
      if (own && !["GET", "HEAD", undefined].includes(request.method)) {
        request.headers[place.dataset.csrfHeader] = place.dataset.csrfToken;
      }
      return request;
    },
  });
}
