"""The browser side of Norrsken: linking, views, pages, API and command line."""
