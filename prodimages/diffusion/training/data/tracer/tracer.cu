// A path tracer of one purpose: product scenes at 256 x 256 pixels, in light groups.
//
// nvcc makes it a library for the graphics card, a plain C++ compiler (-x c++) one for the
// processor; both have the one entry `trace`. All lengths are meters, z is up, light is linear.
//
// Method: unidirectional path tracing with a lamp sample at each diffuse bounce (Kajiya 1986),
// GGX reflection by its visible normals (Heitz 2018, JCGT 7-4), Schlick's Fresnel term, a thin
// lens, and a BVH split at the median. First-hit dimensions follow the additive recurrence R_d
// of Roberts (2018) with a random offset per pixel, which spreads the noise evenly.

#ifdef __CUDACC__
#include <cuda_runtime.h>
#define DEV __device__ __forceinline__
#else
#define DEV static inline
#endif
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

namespace {

constexpr float PI = 3.14159265358979f;
constexpr float FAR = 1e9f;

struct V {
  float x, y, z;
};
#ifdef __CUDACC__
#define BOTH __host__ __device__ __forceinline__
#else
#define BOTH static inline
#endif
BOTH V v3(float x, float y, float z) { return V{x, y, z}; }
BOTH V operator+(V a, V b) { return v3(a.x + b.x, a.y + b.y, a.z + b.z); }
BOTH V operator-(V a, V b) { return v3(a.x - b.x, a.y - b.y, a.z - b.z); }
BOTH V operator*(V a, float s) { return v3(a.x * s, a.y * s, a.z * s); }
BOTH V operator*(V a, V b) { return v3(a.x * b.x, a.y * b.y, a.z * b.z); }
BOTH float dot(V a, V b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
BOTH V cross(V a, V b) {
  return v3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
}
BOTH V unit(V a) { return a * (1.0f / sqrtf(fmaxf(dot(a, a), 1e-20f))); }
BOTH V mixv(V a, V b, float t) { return a + (b - a) * t; }
BOTH float clampf(float x, float a, float b) { return fminf(fmaxf(x, a), b); }
BOTH float stepped(float a, float b, float x) {
  float t = clampf((x - a) / (b - a), 0.0f, 1.0f);
  return t * t * (3 - 2 * t);
}
BOTH float lum(V a) { return 0.2126f * a.x + 0.7152f * a.y + 0.0722f * a.z; }

struct Tri {  // corner, edges, and the three normals
  V a, e1, e2, n0, n1, n2;
  int material;
};
struct Node {  // a leaf has count > 0 triangles from `at`; else children are next and `at`
  V low, high;
  int at, count;
};

// ---- what the host hands over; must agree with `renderer.py` ---------------------------
struct Camera {
  float position[3], elevation, focal_over_frame, shift[2], lens_radius, focus;
};
struct Lamp {  // kind: 0 sun, 1 disk, 2 square, 3 spot
  float kind, position[3], toward[3], size, power[1], cosine_outer, cosine_inner;
};
struct World {
  float horizon, zenith, floor;
};
struct Gobo {  // the mask lies across `toward` about `center`; 1 lets light through
  float on, center[3], u[3], v[3], half;
};
struct Picture {  // what shines far away, over x and z of an upright plane
  float on, x, z, wide;
};
constexpr int MATERIAL = 40;

struct Scene {
  const Tri* triangles;
  const Node* nodes;
  const float* materials;
  const float* gobo_mask;
  const float* picture_pixels;
  int gobo_side, picture_side, lamps;
  Camera camera;
  Lamp lamp[2];
  World world;
  Gobo gobo;
  Picture picture;
  float footprint;
  int side, samples, bounces;
  uint32_t seed;
};

// ---- random numbers ---------------------------------------------------------------------
struct Random {
  uint32_t state;
};
DEV uint32_t hash(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  return x ^ (x >> 16);
}
DEV float next(Random& r) {
  r.state = r.state * 747796405U + 2891336453U;
  uint32_t w = ((r.state >> ((r.state >> 28) + 4)) ^ r.state) * 277803737U;
  return ((w >> 22) ^ w) * 2.3283064365386963e-10f;
}
// Dimension d of sample i: frac(offset + i * alpha_d).
DEV float spread(uint32_t pixel, int i, int d) {
  const float alpha[10] = {0.75487767f, 0.56984029f, 0.81917251f, 0.67104361f, 0.54970048f,
                           0.85667488f, 0.73389185f, 0.62870672f, 0.53859725f, 0.88327187f};
  float offset = hash(pixel * 0x9e3779b9U + d * 0x85ebca6bU) * 2.3283064365386963e-10f;
  float x = offset + i * alpha[d];
  return x - floorf(x);
}

// ---- noise ------------------------------------------------------------------------------
DEV float corner(int x, int y, int z) {
  return hash(x * 73856093U ^ y * 19349663U ^ z * 83492791U) * 2.3283064365386963e-10f;
}
DEV float gradient(int x, int y, int z, float dx, float dy, float dz) {
  uint32_t h = hash(x * 73856093U ^ y * 19349663U ^ z * 83492791U) & 15;
  float u = h < 8 ? dx : dy, v = h < 4 ? dy : (h == 12 || h == 14 ? dx : dz);
  return ((h & 1) ? -u : u) + ((h & 2) ? -v : v);
}
DEV float perlin(V p) {  // about -1 .. 1
  float fx = floorf(p.x), fy = floorf(p.y), fz = floorf(p.z);
  int x = (int)fx, y = (int)fy, z = (int)fz;
  float dx = p.x - fx, dy = p.y - fy, dz = p.z - fz;
  float u = dx * dx * dx * (dx * (dx * 6 - 15) + 10), v = dy * dy * dy * (dy * (dy * 6 - 15) + 10),
        w = dz * dz * dz * (dz * (dz * 6 - 15) + 10);
  float out[2];
  for (int k = 0; k < 2; k++) {
    float a = gradient(x, y, z + k, dx, dy, dz - k), b = gradient(x + 1, y, z + k, dx - 1, dy, dz - k);
    float c = gradient(x, y + 1, z + k, dx, dy - 1, dz - k),
          d = gradient(x + 1, y + 1, z + k, dx - 1, dy - 1, dz - k);
    float low = a + (b - a) * u, high = c + (d - c) * u;
    out[k] = low + (high - low) * v;
  }
  return out[0] + (out[1] - out[0]) * w;
}
DEV float fbm(V p, int octaves, float rough) {  // about 0 .. 1, middle 0.5
  float sum = 0, amplitude = 1, total = 0;
  for (int i = 0; i < octaves; i++) {
    sum += amplitude * perlin(p);
    total += amplitude;
    amplitude *= rough;
    p = p * 2.03f + v3(17.1f, 31.7f, 5.3f);
  }
  return clampf(0.5f + 0.62f * sum / total, 0.0f, 1.0f);
}
DEV V swirl(V p, float strength) {  // the domain bent by noise
  return p + v3(perlin(p + v3(5.2f, 1.3f, 9.1f)), perlin(p + v3(1.7f, 9.2f, 3.3f)), 0.0f) * strength;
}
// Distance to the nearest of one random point a cell, and that cell's own number 0..1.
DEV float cells(V p, float& id) {
  float fx = floorf(p.x), fy = floorf(p.y), best = 9;
  for (int j = -1; j <= 1; j++)
    for (int i = -1; i <= 1; i++) {
      int x = (int)fx + i, y = (int)fy + j;
      float px = x + corner(x, y, 11) - p.x, py = y + corner(x, y, 47) - p.y;
      float d = px * px + py * py;
      if (d < best) {
        best = d;
        id = corner(x, y, 91);
      }
    }
  return sqrtf(best);
}
// A course of bricks or boards: distance to the joint in meters, and the brick's own number.
DEV float laid(V p, float wide, float tall, float offset, float& id) {
  float row = floorf(p.y / tall);
  float x = p.x / wide + row * offset + 0.13f * corner((int)row, 3, 5) * (offset > 0 && wide > 5 * tall);
  float column = floorf(x);
  id = corner((int)column, (int)row, 23);
  float dx = (x - column) * wide, dy = p.y - row * tall;
  return fminf(fminf(dx, wide - dx), fminf(dy, tall - dy));
}

// ---- materials --------------------------------------------------------------------------
struct Look {
  V albedo;
  float rough, metallic, specular, height;
};
enum Kind {
  PLAIN, PAPER, PLASTER, WOOD, PAINTED, MARBLE, CONCRETE, LINEN, TERRAZZO, SLATE, LAID, PANEL,
  SAND, SNOW, CLOTH, LEATHER, SHINING
};
DEV V shade(V c, float f) {
  return v3(clampf(c.x * f, 0.004f, 0.92f), clampf(c.y * f, 0.004f, 0.92f), clampf(c.z * f, 0.004f, 0.92f));
}
DEV Look look(const float* m, V world) {
  V p = m[15] > 0 ? v3(world.x, world.z, world.y) : world;
  float c = cosf(m[16]), s = sinf(m[16]);
  p = v3(c * p.x - s * p.y + m[17], s * p.x + c * p.y + m[18], p.z + m[19]);
  V base = v3(m[2], m[3], m[4]), second = v3(m[5], m[6], m[7]), third = v3(m[8], m[9], m[10]);
  const float* q = m + 20;
  Look l{base, m[11], m[12], m[13], 0.0f};
  float id = 0;
  switch ((int)m[0]) {
    case PAPER:
      l.albedo = shade(base, 0.985f + 0.03f * fbm(p * q[0], 2, 0.5f));
      l.height = 0.00005f * perlin(p * 700.0f);
      break;
    case PLASTER: {
      l.albedo = shade(base, 1 + q[2] * 2 * (fbm(p * q[0], 5, 0.55f) - 0.5f));
      l.height = q[3] * fbm(swirl(p * q[1], q[4]), 6, 0.6f);
      break;
    }
    case WOOD: {  // q: board length, width, contrast, rings, tone of boards, seam
      float edge = laid(p, q[0], q[1], 0.37f, id);
      V t = v3(p.x + 7.3f * id, p.y + 3.1f * id, p.z + 11.7f * id);
      float rings = fbm(swirl(v3(0.55f * t.x, 7 * t.y, 7 * t.z) * 1.6f, 0.35f), 3, 0.5f) * q[3];
      rings = 2 * fabsf(rings - floorf(rings) - 0.5f);
      float fibers = fbm(v3(6 * t.x, 160 * t.y, 160 * t.z), 4, 0.7f);
      float grain = 0.55f * rings + 0.6f * (fibers - 0.5f) + 0.2f;
      l.albedo = shade(base, 1 + q[2] * (0.7f - 1.7f * clampf(grain, 0, 1)));
      l.albedo = l.albedo * (1 - q[4] * id);
      float seam = q[5] * (1 - stepped(0.0004f, 0.0016f, edge));
      l.albedo = mixv(l.albedo, base * 0.25f, 0.75f * seam);
      l.height = 0.00012f * fibers - 0.0008f * seam;
      break;
    }
    case PAINTED: {  // q: width, joint, worn
      float edge = laid(p, 2.6f, q[0], 0.4f, id);
      float fibers = fbm(v3(5 * p.x, 120 * p.y, 120 * p.z), 3, 0.6f);
      l.albedo = shade(base, 1.03f - 0.12f * id);
      if (q[2] > 0) {
        float bare = stepped(0.60f, 0.70f, fbm(v3(2.4f * p.x, 17 * p.y, p.z), 6, 0.6f));
        l.albedo = mixv(l.albedo, second, bare * q[2]);
      }
      float seam = 1 - stepped(0.3f * q[1], q[1], edge);
      l.albedo = mixv(l.albedo, base * 0.3f, 0.6f * seam);
      l.height = 0.0002f * fibers - 0.001f * seam;
      break;
    }
    case MARBLE: {  // q: cloud, vein scales, widths, strengths
      V t = v3(p.x, p.y * q[6], p.z);
      l.albedo = shade(base, 0.93f + 0.11f * stepped(0.3f, 0.65f, fbm(swirl(t * q[0], 0.6f), 5, 0.6f)));
      float fade = stepped(0.35f, 0.65f, fbm(t * 1.7f + v3(3, 1, 0), 2, 0.5f));
      for (int k = 0; k < 2; k++) {
        float f = fabsf(fbm(swirl(t * q[1 + k], q[5]), 6, 0.55f) - 0.5f);
        float w = k ? 0.012f : 0.020f;
        float line = 0.65f * (1 - stepped(0, w, f)) + 0.35f * (1 - stepped(w, 3.2f * w, f));
        l.albedo = mixv(l.albedo, second, line * fade * q[3 + k]);
      }
      break;
    }
    case CONCRETE: {
      float cloud = fbm(p * q[0], 7, 0.66f), speckle = fbm(p * 120.0f, 3, 0.6f);
      V a = shade(base, 0.83f + 0.27f * stepped(0.3f, 0.7f, cloud));
      l.albedo = a * (0.86f + 0.28f * speckle);
      float pit = 1 - stepped(0, q[1], cells(p * 26.0f, id));
      pit *= id < 0.5f;
      l.albedo = l.albedo * (1 - 0.5f * pit);
      l.height = 0.0003f * speckle - 0.0009f * pit;
      break;
    }
    case LINEN: {  // q: thread, creases' scale and depth
      float warp = fbm(v3(q[0] * p.x, 0.04f * q[0] * p.y, 0), 3, 0.6f);
      float weft = fbm(v3(0.04f * q[0] * p.x, q[0] * p.y, 9), 3, 0.6f);
      float weave = 0.5f * (warp + weft);
      l.albedo = shade(base, 0.74f + 0.36f * stepped(0.36f, 0.62f, weave));
      l.height = 0.0004f * weave + q[2] * fbm(swirl(p * q[1], 0.8f), 3, 0.5f);
      break;
    }
    case TERRAZZO: {
      l.albedo = base;
      for (int k = 0; k < 3; k++) {
        float d = cells((p + v3(3.1f * k, 7.7f * k, 0)) * q[k], id);
        float there = (1 - stepped(0.22f, 0.30f, d)) * (id < 0.55f);
        V chip = k == 0 ? second : k == 1 ? third : v3(q[4], q[5], q[6]);
        l.albedo = mixv(l.albedo, chip, there);
      }
      break;
    }
    case SLATE: {
      float layers = fbm(swirl(p * q[0], 0.5f), 8, 0.6f);
      l.albedo = layers < 0.5f ? shade(base, 0.6f + 0.8f * clampf((layers - 0.3f) / 0.2f, 0, 1) * 0.5f)
                               : shade(base, 1.0f + 0.45f * clampf((layers - 0.5f) / 0.2f, 0, 1));
      l.height = 0.006f * layers;
      break;
    }
    case LAID: {  // q: width, height, joint, offset, tint, relief, grain scale, grain depth, gloss of joints
      float edge = laid(p, q[0], q[1], q[3], id);
      float stone = fbm(p * q[6], 6, 0.68f);
      l.albedo = shade(base, 1 + q[4] * (2 * id - 1)) * (1 + q[7] * (stone - 0.5f));
      float seam = 1 - stepped(0.5f * q[2], 0.5f * q[2] + 0.0025f, edge);
      l.albedo = mixv(l.albedo, second, seam);
      l.rough = m[11] + q[8] * seam;
      l.height = q[5] * (0.35f * q[7] * stone - seam);
      break;
    }
    case PANEL: {  // q: pitch, groove begins, depth
      float share = p.x / q[0] + 50.0f;
      float d = fabsf(share - floorf(share) - 0.5f);
      float up = 1 - stepped(q[1], 0.5f, d);
      l.albedo = shade(base, 0.55f + 0.45f * up);
      l.height = q[2] * up;
      break;
    }
    case SAND: {
      float grains = fbm(p * 700.0f, 2, 0.6f);
      l.albedo = shade(base, 0.78f + 0.4f * grains);
      l.height = 0.0005f * grains + q[1] * fbm(swirl(p * q[0], 0.4f), 5, 0.5f);
      break;
    }
    case SNOW:
      l.albedo = base;
      l.height = 0.0016f * fbm(p * 420.0f, 3, 0.6f) + q[1] * fbm(p * q[0], 4, 0.5f);
      break;
    case CLOTH: {
      float weave = fbm(p * 420.0f, 2, 0.6f);
      l.albedo = shade(base, 0.88f + 0.2f * weave);
      l.height = 0.0003f * weave;
      break;
    }
    case LEATHER:
      l.albedo = base;
      l.height = 0.0004f * cells(p * 260.0f, id);
      break;
    default:
      l.albedo = base;
  }
  return l;
}
DEV bool bumpy(int kind) {
  return kind != PLAIN && kind != MARBLE && kind != TERRAZZO && kind != SHINING;
}

// ---- geometry ---------------------------------------------------------------------------
struct Hit {
  float t, u, v;
  int triangle;
};
DEV bool meets(const Tri& k, V o, V d, float limit, Hit& h, int index) {
  V p = cross(d, k.e2);
  float det = dot(k.e1, p);
  if (fabsf(det) < 1e-14f) return false;
  float inv = 1 / det;
  V s = o - k.a;
  float u = dot(s, p) * inv;
  if (u < 0 || u > 1) return false;
  V q = cross(s, k.e1);
  float v = dot(d, q) * inv;
  if (v < 0 || u + v > 1) return false;
  float t = dot(k.e2, q) * inv;
  if (t <= 0 || t >= limit) return false;
  h = Hit{t, u, v, index};
  return true;
}
DEV float enters(const Node& n, V o, V inv, float limit) {
  float ax = (n.low.x - o.x) * inv.x, bx = (n.high.x - o.x) * inv.x;
  float ay = (n.low.y - o.y) * inv.y, by = (n.high.y - o.y) * inv.y;
  float az = (n.low.z - o.z) * inv.z, bz = (n.high.z - o.z) * inv.z;
  float near = fmaxf(fmaxf(fminf(ax, bx), fminf(ay, by)), fmaxf(fminf(az, bz), 0.0f));
  float far = fminf(fminf(fmaxf(ax, bx), fmaxf(ay, by)), fminf(fmaxf(az, bz), limit));
  return near <= far ? near : FAR;
}
DEV V inverse(V d) {
  return v3(1 / (fabsf(d.x) < 1e-12f ? 1e-12f : d.x), 1 / (fabsf(d.y) < 1e-12f ? 1e-12f : d.y),
            1 / (fabsf(d.z) < 1e-12f ? 1e-12f : d.z));
}
DEV bool nearest(const Scene& s, V o, V d, Hit& h) {
  int stack[48], top = 0, node = 0;
  V inv = inverse(d);
  h.t = FAR;
  h.triangle = -1;
  if (enters(s.nodes[0], o, inv, FAR) == FAR) return false;
  while (true) {
    const Node& n = s.nodes[node];
    if (n.count) {
      for (int i = n.at; i < n.at + n.count; i++) meets(s.triangles[i], o, d, h.t, h, i);
    } else {
      int a = node + 1, b = n.at;
      float ta = enters(s.nodes[a], o, inv, h.t), tb = enters(s.nodes[b], o, inv, h.t);
      if (tb < ta) {
        int k = a;
        a = b;
        b = k;
        float f = ta;
        ta = tb;
        tb = f;
      }
      if (tb < FAR && top < 47) stack[top++] = b;
      if (ta < FAR) {
        node = a;
        continue;
      }
    }
    if (!top) break;
    node = stack[--top];
  }
  return h.triangle >= 0;
}
// How much light passes from o along d over `limit`: glass lets some through, the gobo its share.
DEV V passing(const Scene& s, V o, V d, float limit) {
  V through = v3(1, 1, 1);
  int stack[48], top = 0, node = 0;
  V inv = inverse(d);
  if (enters(s.nodes[0], o, inv, limit) == FAR) return through;
  while (true) {
    const Node& n = s.nodes[node];
    if (n.count) {
      for (int i = n.at; i < n.at + n.count; i++) {
        Hit h;
        if (!meets(s.triangles[i], o, d, limit, h, i)) continue;
        const float* m = s.materials + MATERIAL * s.triangles[i].material;
        if (m[14] >= 1) return v3(0, 0, 0);
        V tint = v3(0.5f + 0.5f * m[2], 0.5f + 0.5f * m[3], 0.5f + 0.5f * m[4]);
        through = through * tint * (1 - m[14]);
      }
    } else {
      int a = node + 1, b = n.at;
      bool in_a = enters(s.nodes[a], o, inv, limit) < FAR, in_b = enters(s.nodes[b], o, inv, limit) < FAR;
      if (in_b && top < 47) stack[top++] = b;
      if (in_a) {
        node = a;
        continue;
      }
    }
    if (!top) return through;
    node = stack[--top];
  }
}
DEV float through_gobo(const Scene& s, V o, V d) {
  const Gobo& g = s.gobo;
  if (g.on <= 0) return 1;
  V u = v3(g.u[0], g.u[1], g.u[2]), v = v3(g.v[0], g.v[1], g.v[2]);
  V n = cross(u, v), c = v3(g.center[0], g.center[1], g.center[2]);
  float slope = dot(d, n);
  if (fabsf(slope) < 1e-6f) return 1;
  float t = dot(c - o, n) / slope;
  if (t < 0) return 1;
  V at = o + d * t - c;
  float x = (dot(at, u) / g.half * 0.5f + 0.5f) * s.gobo_side, y = (dot(at, v) / g.half * 0.5f + 0.5f) * s.gobo_side;
  int i = (int)floorf(x), j = (int)floorf(y);
  i = i < 0 ? 0 : i >= s.gobo_side ? s.gobo_side - 1 : i;
  j = j < 0 ? 0 : j >= s.gobo_side ? s.gobo_side - 1 : j;
  return s.gobo_mask[j * s.gobo_side + i];
}

// ---- light ------------------------------------------------------------------------------
DEV void frame(V n, V& a, V& b) {  // Duff et al. 2017, JCGT 6-1
  float sign = n.z >= 0 ? 1.0f : -1.0f, k = -1 / (sign + n.z), c = n.x * n.y * k;
  a = v3(1 + sign * n.x * n.x * k, sign * c, -sign * n.x);
  b = v3(c, sign + n.y * n.y * k, -n.y);
}
DEV float sky(const Scene& s, V d) {
  return d.z >= 0 ? s.world.horizon + (s.world.zenith - s.world.horizon) * d.z : s.world.floor;
}
// A direction to the lamp and the irradiance that it would give a facing surface there.
DEV float toward_lamp(const Scene& s, int which, V at, float r1, float r2, V& d, float& reach) {
  const Lamp& l = s.lamp[which];
  V axis = v3(l.toward[0], l.toward[1], l.toward[2]), a, b;
  frame(axis, a, b);
  if (l.kind == 0) {
    float c = 1 - r1 * (1 - cosf(l.size)), k = sqrtf(fmaxf(0, 1 - c * c));
    d = unit(a * (k * cosf(2 * PI * r2)) + b * (k * sinf(2 * PI * r2)) + axis * c);
    reach = FAR;
    return l.power[0];
  }
  V place = v3(l.position[0], l.position[1], l.position[2]);
  if (l.kind == 2)
    place = place + a * ((r1 - 0.5f) * l.size) + b * ((r2 - 0.5f) * l.size);
  else {
    float k = 0.5f * l.size * sqrtf(r1);
    place = place + a * (k * cosf(2 * PI * r2)) + b * (k * sinf(2 * PI * r2));
  }
  V to = place - at;
  float far2 = dot(to, to);
  reach = sqrtf(far2);
  d = to * (1 / reach);
  float facing = dot(d, axis);
  if (facing <= 0) return 0;
  if (l.kind == 3) return l.power[0] * stepped(l.cosine_outer, l.cosine_inner, facing) / far2;
  return l.power[0] * facing / far2;
}
// What a mirror sees of the lamp along d: its radiance.
DEV float seen_lamp(const Scene& s, V o, V d, float& reach) {
  const Lamp& l = s.lamp[0];
  V axis = v3(l.toward[0], l.toward[1], l.toward[2]);
  if (l.kind == 0) {
    reach = FAR;
    float solid = 2 * PI * (1 - cosf(l.size));
    return dot(d, axis) > cosf(l.size) ? l.power[0] / solid : 0;
  }
  V place = v3(l.position[0], l.position[1], l.position[2]), a, b;
  float slope = dot(d, axis);
  if (slope <= 0) return 0;
  reach = dot(place - o, axis) / slope;
  if (reach <= 0) return 0;
  frame(axis, a, b);
  V at = o + d * reach - place;
  float x = dot(at, a), y = dot(at, b), h = 0.5f * l.size;
  bool inside = l.kind == 2 ? fabsf(x) < h && fabsf(y) < h : x * x + y * y < h * h;
  float area = l.kind == 2 ? l.size * l.size : PI * h * h;
  return inside ? l.power[0] / area : 0;
}

// ---- reflection -------------------------------------------------------------------------
DEV V fresnel(V f0, float c) {
  float k = powf(clampf(1 - c, 0, 1), 5);
  return f0 + (v3(1, 1, 1) - f0) * k;
}
DEV float lambda(float c, float a2) {
  float c2 = c * c;
  return 0.5f * (sqrtf(1 + a2 * (1 - c2) / fmaxf(c2, 1e-6f)) - 1);
}
struct Surface {
  V n, albedo, f0;
  float alpha, diffuse;
};
DEV V reflected(const Surface& f, V out, V in) {  // BSDF times the cosine, both lobes
  float co = dot(f.n, out), ci = dot(f.n, in);
  if (co <= 0 || ci <= 0) return v3(0, 0, 0);
  V h = unit(out + in);
  float ch = dot(f.n, h), a2 = f.alpha * f.alpha;
  float k = ch * ch * (a2 - 1) + 1, d = a2 / (PI * k * k);
  float g = 1 / (1 + lambda(co, a2) + lambda(ci, a2));
  V fr = fresnel(f.f0, dot(out, h));
  V spec = fr * (d * g / (4 * co));
  V body = f.albedo * (f.diffuse * (1 - lum(fresnel(f.f0, co))) / PI * ci);
  return spec + body;
}
DEV V visible_normal(V out, float alpha, float r1, float r2) {  // Heitz 2018, local frame
  V v = unit(v3(alpha * out.x, alpha * out.y, out.z));
  float l2 = v.x * v.x + v.y * v.y;
  V t1 = l2 > 0 ? v3(-v.y, v.x, 0) * (1 / sqrtf(l2)) : v3(1, 0, 0), t2 = cross(v, t1);
  float r = sqrtf(r1), phi = 2 * PI * r2, p1 = r * cosf(phi), p2 = r * sinf(phi), s = 0.5f * (1 + v.z);
  p2 = (1 - s) * sqrtf(fmaxf(0, 1 - p1 * p1)) + s * p2;
  V n = t1 * p1 + t2 * p2 + v * sqrtf(fmaxf(0, 1 - p1 * p1 - p2 * p2));
  return unit(v3(alpha * n.x, alpha * n.y, fmaxf(1e-6f, n.z)));
}

struct Sample {
  V key, fill, glow, ids, albedo;
};
constexpr float SHARP = 0.12f;  // below it a lobe sees the lamp itself, above it samples it

DEV Sample path(const Scene& s, V o, V d, uint32_t pixel, int index, Random& rng) {
  Sample out{v3(0, 0, 0), v3(0, 0, 0), v3(0, 0, 0), v3(0, 0, 0), v3(0, 0, 0)};
  V carried = v3(1, 1, 1);
  bool mirror = false, first = true;
  for (int bounce = 0, steps = 0; bounce <= s.bounces && steps < 12; steps++) {
    Hit h;
    bool met = nearest(s, o, d, h);
    if (mirror) {
      float reach, shine = seen_lamp(s, o, d, reach);
      if (shine > 0 && (!met || h.t > reach)) out.key = out.key + carried * fminf(shine * through_gobo(s, o, d), 12.0f);
    }
    if (!met) {
      out.fill = out.fill + carried * sky(s, d);
      break;
    }
    const Tri& k = s.triangles[h.triangle];
    const float* m = s.materials + MATERIAL * k.material;
    V p = o + d * h.t;
    if ((int)m[0] == SHINING) {
      float x = clampf(((p.x - s.picture.x) / s.picture.wide + 0.5f) * s.picture_side, 0, s.picture_side - 1.001f);
      float y = clampf((0.5f - (p.z - s.picture.z) / s.picture.wide) * s.picture_side, 0, s.picture_side - 1.001f);
      const float* c = s.picture_pixels + 3 * ((int)y * s.picture_side + (int)x);
      out.glow = out.glow + carried * v3(c[0], c[1], c[2]);
      if (first) {
        out.ids = v3(0, 0, 1);
        out.albedo = v3(1, 1, 1);
      }
      break;
    }
    if (m[14] < 1) {  // glass: goes straight on, or is met
      float c = fabsf(dot(unit(cross(k.e1, k.e2)), d));
      float met_share = m[14] + (1 - m[14]) * powf(1 - c, 3);
      if (next(rng) > met_share) {
        carried = carried * v3(0.5f + 0.5f * m[2], 0.5f + 0.5f * m[3], 0.5f + 0.5f * m[4]);
        if (first) {
          int role = (int)m[1];
          out.ids = v3(role == 1, role == 2, role == 3);
          out.albedo = v3(1, 1, 1);
          first = false;
        }
        o = p + d * 2e-5f;
        continue;
      }
    }
    V face = unit(cross(k.e1, k.e2));
    if (dot(face, d) > 0) face = face * -1.0f;
    V n = unit(k.n0 * (1 - h.u - h.v) + k.n1 * h.u + k.n2 * h.v);
    if (dot(n, face) < 0) n = n * -1.0f;
    // What is seen by bounced light alone needs no pattern.
    Look l = bounce ? Look{v3(m[2], m[3], m[4]), m[11], m[12], m[13], 0.0f} : look(m, p);
    if (bounce == 0 && bumpy((int)m[0])) {
      float e = s.footprint;
      V t1, t2;
      frame(n, t1, t2);
      float h1 = look(m, p + t1 * e).height, h2 = look(m, p + t2 * e).height;
      n = unit(n - t1 * clampf((h1 - l.height) / e, -0.8f, 0.8f) - t2 * clampf((h2 - l.height) / e, -0.8f, 0.8f));
    }
    if (dot(n, d) > -0.02f) n = unit(n - d * (dot(n, d) + 0.02f));
    if (first) {
      int role = (int)m[1];
      out.ids = v3(role == 1, role == 2, role == 3);
      out.albedo = l.albedo;
      first = false;
    }
    V away = d * -1.0f;
    float rough = bounce ? fmaxf(l.rough, 0.25f) : l.rough;
    Surface f{n, l.albedo, mixv(v3(1, 1, 1) * (0.08f * l.specular), l.albedo, l.metallic),
              fmaxf(rough * rough, 0.003f), 1 - l.metallic};
    V start = p + face * (1e-5f + 1e-6f * h.t);
    for (int w = 0; w < s.lamps; w++) {
      V to;
      float reach, r1, r2;
      if (bounce == 0 && w == 0) {
        r1 = spread(pixel, index, 4);
        r2 = spread(pixel, index, 5);
      } else {
        r1 = next(rng);
        r2 = next(rng);
      }
      float power = toward_lamp(s, w, start, r1, r2, to, reach);
      if (power <= 0 || dot(to, face) <= 0) continue;
      Surface seen = f;
      if (f.alpha < SHARP * SHARP && w == 0) seen.f0 = v3(0, 0, 0), seen.alpha = 1;
      V part = reflected(seen, away, to);
      if (lum(part) <= 0) continue;
      float lets = through_gobo(s, start, to);
      if (lets <= 0) continue;
      part = part * passing(s, start, to, reach) * (power * lets);
      float bright = lum(part);
      if (bounce && bright > 2) part = part * (2 / bright);
      out.key = out.key + carried * part;
    }
    if (bounce == s.bounces) break;
    // The next direction: one of the two lobes.
    float c = dot(n, away);
    float spec_share = lum(fresnel(f.f0, c)), body_share = lum(f.albedo) * f.diffuse * (1 - spec_share);
    float pick = clampf(spec_share / fmaxf(spec_share + body_share, 1e-5f), 0.02f, 1.0f);
    if (body_share <= 1e-5f) pick = 1;
    float r0 = bounce ? next(rng) : spread(pixel, index, 8), r1, r2;
    if (bounce) {
      r1 = next(rng);
      r2 = next(rng);
    } else {
      r1 = spread(pixel, index, 6);
      r2 = spread(pixel, index, 7);
    }
    V a, b;
    frame(n, a, b);
    if (r0 < pick) {
      V local = v3(dot(away, a), dot(away, b), c);
      V hn = visible_normal(local, f.alpha, r1, r2);
      V in = hn * (2 * dot(local, hn)) - local;
      if (in.z <= 0) break;
      float a2 = f.alpha * f.alpha;
      V fr = fresnel(f.f0, dot(local, hn));
      float g = (1 + lambda(local.z, a2)) / (1 + lambda(local.z, a2) + lambda(in.z, a2));
      carried = carried * fr * (g / pick);
      d = unit(a * in.x + b * in.y + n * in.z);
      mirror = f.alpha < SHARP * SHARP;
    } else {
      float k1 = sqrtf(r1);
      d = unit(a * (k1 * cosf(2 * PI * r2)) + b * (k1 * sinf(2 * PI * r2)) + n * sqrtf(fmaxf(0, 1 - r1)));
      carried = carried * f.albedo * (f.diffuse * (1 - spec_share) / (1 - pick));
      mirror = false;
    }
    if (dot(d, face) <= 0) break;
    o = start;
    bounce++;
    float strength = fmaxf(carried.x, fmaxf(carried.y, carried.z));
    if (bounce > 1) {
      float stay = clampf(strength, 0.1f, 1.0f);
      if (next(rng) > stay) break;
      carried = carried * (1 / stay);
    }
  }
  return out;
}

constexpr int PASSES = 15;  // key, fill, glow, ids and albedo, each RGB
constexpr int GROUPS = 16;  // each pixel's paths are shared by so many threads

DEV void add(float* where, float value) {
#ifdef __CUDACC__
  atomicAdd(where, value);
#else
  *where += value;
#endif
}

// One group's share of a pixel's paths; even groups fill the first half of `out`, odd ones the
// second, so that the two halves tell how noisy the picture is.
DEV void pixel_of(const Scene& s, int x, int y, int group, float* out) {
  uint32_t pixel = hash(y * s.side + x + s.seed * 0x9e3779b9U);
  Random rng{hash(pixel + 77 + 1013U * group)};
  const Camera& cam = s.camera;
  float ce = cosf(cam.elevation), se = sinf(cam.elevation);
  V right = v3(1, 0, 0), up = v3(0, se, ce), ahead = v3(0, ce, -se);
  V eye = v3(cam.position[0], cam.position[1], cam.position[2]);
  float sum[PASSES] = {0};
  for (int i = group; i < s.samples; i += GROUPS) {
    // A tent filter, two pixels wide.
    float a = 2 * spread(pixel, i, 0), b = 2 * spread(pixel, i, 1);
    float fx = a < 1 ? sqrtf(a) - 1 : 1 - sqrtf(2 - a), fy = b < 1 ? sqrtf(b) - 1 : 1 - sqrtf(2 - b);
    float u = (x + 0.5f + 0.85f * fx) / s.side - 0.5f + cam.shift[0];
    float v = 0.5f - (y + 0.5f + 0.85f * fy) / s.side + cam.shift[1];
    V d = right * (u / cam.focal_over_frame) + up * (v / cam.focal_over_frame) + ahead;
    V aim = eye + d * cam.focus;
    float r = cam.lens_radius * sqrtf(spread(pixel, i, 2)), phi = 2 * PI * spread(pixel, i, 3);
    V from = eye + right * (r * cosf(phi)) + up * (r * sinf(phi));
    Sample k = path(s, from, unit(aim - from), pixel, i, rng);
    const V parts[5] = {k.key, k.fill, k.glow, k.ids, k.albedo};
    for (int p = 0; p < 5; p++) {
      // One bright path is kept from becoming a speck.
      float most = p < 2 ? fmaxf(parts[p].x, fmaxf(parts[p].y, parts[p].z)) : 0, cap = most > 10 ? 10 / most : 1;
      if (!(most == most)) cap = 0;
      sum[3 * p] += parts[p].x * cap;
      sum[3 * p + 1] += parts[p].y * cap;
      sum[3 * p + 2] += parts[p].z * cap;
    }
  }
  int of_half = 0;  // paths in this group's half of the picture
  for (int g = group & 1; g < GROUPS; g += 2) of_half += (s.samples - g + GROUPS - 1) / GROUPS;
  float* half = out + PASSES * ((group & 1) * s.side * s.side + y * s.side + x);
  for (int p = 0; p < PASSES; p++) add(half + p, sum[p] / (of_half > 0 ? of_half : 1));
}

#ifdef __CUDACC__
__global__ void all_pixels(Scene s, float* out) {
  int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x < s.side && y < s.side) pixel_of(s, x, y, blockIdx.z, out);
}
#endif

// ---- host -------------------------------------------------------------------------------
struct Builder {
  std::vector<Tri>& t;
  std::vector<Node> nodes;
  std::vector<V> low, high, mid;
  std::vector<int> order;

  explicit Builder(std::vector<Tri>& tris) : t(tris) {
    int n = (int)t.size();
    low.resize(n), high.resize(n), mid.resize(n), order.resize(n);
    for (int i = 0; i < n; i++) {
      V a = t[i].a, b = a + t[i].e1, c = a + t[i].e2;
      low[i] = v3(fminf(a.x, fminf(b.x, c.x)), fminf(a.y, fminf(b.y, c.y)), fminf(a.z, fminf(b.z, c.z)));
      high[i] = v3(fmaxf(a.x, fmaxf(b.x, c.x)), fmaxf(a.y, fmaxf(b.y, c.y)), fmaxf(a.z, fmaxf(b.z, c.z)));
      mid[i] = (low[i] + high[i]) * 0.5f;
      order[i] = i;
    }
    nodes.reserve(2 * n + 2);
    split(0, n);
    std::vector<Tri> sorted(n);
    for (int i = 0; i < n; i++) sorted[i] = t[order[i]];
    t.swap(sorted);
  }
  static float area(V a, V b) {
    V d = b - a;
    return d.x * d.y + d.y * d.z + d.z * d.x;
  }
  // Binned surface area heuristic (Wald 2007), the median where that fails.
  void split(int first, int last) {
    int here = (int)nodes.size();
    nodes.push_back(Node{});
    V a = v3(FAR, FAR, FAR), b = v3(-FAR, -FAR, -FAR), ma = a, mb = b;
    for (int i = first; i < last; i++) {
      int k = order[i];
      a = v3(fminf(a.x, low[k].x), fminf(a.y, low[k].y), fminf(a.z, low[k].z));
      b = v3(fmaxf(b.x, high[k].x), fmaxf(b.y, high[k].y), fmaxf(b.z, high[k].z));
      ma = v3(fminf(ma.x, mid[k].x), fminf(ma.y, mid[k].y), fminf(ma.z, mid[k].z));
      mb = v3(fmaxf(mb.x, mid[k].x), fmaxf(mb.y, mid[k].y), fmaxf(mb.z, mid[k].z));
    }
    nodes[here].low = a - v3(1e-6f, 1e-6f, 1e-6f);
    nodes[here].high = b + v3(1e-6f, 1e-6f, 1e-6f);
    if (last - first <= 3) {
      nodes[here].at = first;
      nodes[here].count = last - first;
      return;
    }
    auto of = [](V v, int axis) { return axis == 0 ? v.x : axis == 1 ? v.y : v.z; };
    int best_axis = -1, best_bin = 0;
    float best = FAR;
    constexpr int BINS = 12;
    for (int axis = 0; axis < 3; axis++) {
      float start = of(ma, axis), extent = of(mb, axis) - start;
      if (extent < 1e-7f) continue;
      int count[BINS] = {0};
      V lo[BINS], hi[BINS];
      for (int k = 0; k < BINS; k++) lo[k] = v3(FAR, FAR, FAR), hi[k] = v3(-FAR, -FAR, -FAR);
      for (int i = first; i < last; i++) {
        int k = order[i], bin = std::min(BINS - 1, (int)(BINS * (of(mid[k], axis) - start) / extent));
        count[bin]++;
        lo[bin] = v3(fminf(lo[bin].x, low[k].x), fminf(lo[bin].y, low[k].y), fminf(lo[bin].z, low[k].z));
        hi[bin] = v3(fmaxf(hi[bin].x, high[k].x), fmaxf(hi[bin].y, high[k].y), fmaxf(hi[bin].z, high[k].z));
      }
      for (int cut = 1; cut < BINS; cut++) {
        float cost = 0;
        for (int part = 0; part < 2; part++) {
          V l = v3(FAR, FAR, FAR), h = v3(-FAR, -FAR, -FAR);
          int n = 0;
          for (int k = part ? cut : 0; k < (part ? BINS : cut); k++) {
            if (!count[k]) continue;
            n += count[k];
            l = v3(fminf(l.x, lo[k].x), fminf(l.y, lo[k].y), fminf(l.z, lo[k].z));
            h = v3(fmaxf(h.x, hi[k].x), fmaxf(h.y, hi[k].y), fmaxf(h.z, hi[k].z));
          }
          cost += n ? n * area(l, h) : 1e8f;
        }
        if (cost < best) best = cost, best_axis = axis, best_bin = cut;
      }
    }
    int cut = (first + last) / 2;
    if (best_axis >= 0) {
      float start = of(ma, best_axis), extent = of(mb, best_axis) - start;
      auto to = std::partition(order.begin() + first, order.begin() + last, [&](int k) {
        return std::min(BINS - 1, (int)(BINS * (of(mid[k], best_axis) - start) / extent)) < best_bin;
      });
      int at = (int)(to - order.begin());
      if (at > first && at < last) cut = at;
    }
    split(first, cut);
    nodes[here].at = (int)nodes.size();
    nodes[here].count = 0;
    split(cut, last);
  }
};

}  // namespace

// Renders one scene into out[2 * side * side * PASSES]: two pictures of half the paths each.
// `corners` are 9 floats and `normals` 9 floats a triangle, `owner` its material's number.
// `numbers` are Camera, Lamp x 2, World, Gobo, Picture, end to end. 0, or a CUDA error's number.
extern "C" int trace(const float* corners, const float* normals, const int* owner, int triangles,
                     const float* materials, int material_count, const float* gobo, int gobo_side,
                     const float* picture, int picture_side, const float* numbers, int lamps,
                     float footprint, int side, int samples, int bounces, unsigned seed, float* out) {
  std::vector<Tri> tris(triangles);
  for (int i = 0; i < triangles; i++) {
    const float *c = corners + 9 * i, *n = normals + 9 * i;
    V a = v3(c[0], c[1], c[2]);
    tris[i] = Tri{a, v3(c[3], c[4], c[5]) - a, v3(c[6], c[7], c[8]) - a, v3(n[0], n[1], n[2]),
                  v3(n[3], n[4], n[5]), v3(n[6], n[7], n[8]), owner[i]};
  }
  Builder built(tris);
  Scene s;
  std::memset(&s, 0, sizeof s);
  const float* at = numbers;
  std::memcpy(&s.camera, at, sizeof s.camera), at += sizeof s.camera / 4;
  std::memcpy(&s.lamp, at, sizeof s.lamp), at += sizeof s.lamp / 4;
  std::memcpy(&s.world, at, sizeof s.world), at += sizeof s.world / 4;
  std::memcpy(&s.gobo, at, sizeof s.gobo), at += sizeof s.gobo / 4;
  std::memcpy(&s.picture, at, sizeof s.picture);
  s.gobo_side = gobo_side, s.picture_side = picture_side, s.lamps = lamps, s.footprint = footprint;
  s.side = side, s.samples = samples, s.bounces = bounces, s.seed = seed;
#ifdef __CUDACC__
  auto up = [](const void* host, size_t size) {
    void* card = nullptr;
    if (cudaMalloc(&card, std::max<size_t>(size, 4)) == cudaSuccess && size)
      cudaMemcpy(card, host, size, cudaMemcpyHostToDevice);
    return card;
  };
  size_t bytes = 2 * sizeof(float) * PASSES * side * side;
  void* held[6] = {up(tris.data(), sizeof(Tri) * tris.size()), up(built.nodes.data(), sizeof(Node) * built.nodes.size()),
                   up(materials, sizeof(float) * MATERIAL * material_count), up(gobo, sizeof(float) * gobo_side * gobo_side),
                   up(picture, sizeof(float) * 3 * picture_side * picture_side), nullptr};
  if (cudaMalloc(&held[5], bytes) == cudaSuccess) cudaMemset(held[5], 0, bytes);
  s.triangles = (const Tri*)held[0], s.nodes = (const Node*)held[1], s.materials = (const float*)held[2];
  s.gobo_mask = (const float*)held[3], s.picture_pixels = (const float*)held[4];
  dim3 block(8, 4), grid((side + 7) / 8, (side + 3) / 4, GROUPS);
  all_pixels<<<grid, block>>>(s, (float*)held[5]);
  cudaMemcpy(out, held[5], bytes, cudaMemcpyDeviceToHost);
  for (void* one : held) cudaFree(one);
  return (int)cudaGetLastError();
#else
  s.triangles = tris.data(), s.nodes = built.nodes.data(), s.materials = materials;
  s.gobo_mask = gobo, s.picture_pixels = picture;
  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++)
      for (int group = 0; group < GROUPS; group++) pixel_of(s, x, y, group, out);
  return 0;
#endif
}
