"""What a shop's visitors reach: pictures at addresses that only the shop can make.

Plain Django views: the room needs neither Django REST framework nor a session.
"""
