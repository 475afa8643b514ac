from salesos.accounts import views
from salesos.rest.routing import route

urlpatterns = [
    *route("login", views.SignIn),
    *route("refresh", views.Refresh),
    *route("logout", views.SignOut),
    *route("me", views.Me),
]
