"""Where collar, shoulders, armpits, sleeves and hem of a top are, by its outline alone.

The photo shows the top from the front and plane-on, laid flat or hung, more or less upright.
"""
