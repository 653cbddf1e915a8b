"""Route the reader to a screen; nothing else happens here."""

from streamlit.starlette import App

from pages.shell import ahead, door, failure, navigation

if __name__ == "__main__":  # a session runs this file
    navigation.route()
else:  # `streamlit run` has found App here, and serves it
    app = App(
        __file__,
        lifespan=ahead.lifespan,
        routes=door.ROUTES,
        middleware=door.MIDDLEWARE,
        on_script_error=failure.handled,
    )
