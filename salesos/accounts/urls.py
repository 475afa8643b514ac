from salesos.accounts.views import AuthViewSet
from salesos.rest.routers import ApiRouter

router = ApiRouter()
router.register("", AuthViewSet, "auth")
urlpatterns = router.urls
