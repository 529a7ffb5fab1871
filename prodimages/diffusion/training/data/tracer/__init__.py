"""A small path tracer for a graphics card: thousands of scenes in minutes.

One C++ source, ``tracer.cu``, is compiled by nvcc, or by a plain C++ compiler to try it out.
"""
