"""Route the reader to a screen: nothing else happens here."""

from pages.shell import navigation

navigation.route()
