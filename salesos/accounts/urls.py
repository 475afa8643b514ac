from salesos.accounts import views
from salesos.rest.routers import route

urlpatterns = [
    *route("login", views.SignIn),
    *route("refresh", views.Refresh),
    *route("logout", views.SignOut),
    *route("me", views.Me),
]
