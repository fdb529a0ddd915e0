"""An account asked directly, by boto3: the calls of `calls`, which only read; nothing else is ever called.  Needs the extra `aws`."""

from collections.abc import Iterator
from typing import IO, Any

from vpctui.interop.aws.account import Account, Json, Source
from vpctui.interop.aws.calls import CALLS, PER_PARENT, Call, PerParent
from vpctui.interop.aws.recognition import recognise

SECRETS = ("CustomerGatewayConfiguration",)
"""Keys of answers that hold pre-shared keys: taken out before anything else sees them."""
NOT_PERMITTED = ("UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "UnauthorizedException", "AuthorizationError")
NOT_KNOWN = ("InvalidAction", "UnknownOperationException", "NotImplemented", "404", "500", "501", "InternalFailure", "OptInRequired", "UnsupportedOperation")
"""What a Region, a partition or a test server answers that does not have a call."""
BAR = 24


class Unavailable(Exception):
    """The account cannot be asked at all: what is missing, and what to do about it."""


def collect(profile: str, regions: list[str], endpoint: str, progress: IO[str]) -> tuple[Account, str]:
    """Everything that the calls answer in these Regions (without any, that of the configuration), and a title.  Raises Unavailable."""
    try:
        import boto3
        import botocore.exceptions as failures
    except ImportError:
        raise Unavailable("--live needs boto3: pip install 'vpctui[aws]'; or collect the files with vpctui import aws --commands") from None
    account, named = Account(), []
    try:
        for region in regions or [""]:
            session = boto3.Session(profile_name=profile or None, region_name=region or None)
            if not session.region_name:
                raise Unavailable("which Region? Name one with --region, or set it in the profile or in AWS_REGION")
            named.append(session.region_name)
            Region(session, session.region_name, endpoint, account, progress).ask()
    except failures.ProfileNotFound as error:
        raise Unavailable(f"{error}; aws configure list-profiles shows those that exist") from None
    except (failures.NoCredentialsError, failures.PartialCredentialsError) as error:
        raise Unavailable(f"no credentials for AWS ({error}): name a --profile, or sign in with aws sso login") from None
    except (failures.EndpointConnectionError, failures.ConnectTimeoutError, failures.ReadTimeoutError, failures.HTTPClientError) as error:
        raise Unavailable(f"AWS cannot be reached: {error}") from None
    except failures.BotoCoreError as error:
        raise Unavailable(f"AWS cannot be asked: {error}") from None
    return account, f"{profile or 'account'} {', '.join(named)}"


class Region:
    """One Region while it is asked."""

    def __init__(self, session: Any, name: str, endpoint: str, account: Account, progress: IO[str]) -> None:
        self._session, self._name, self._endpoint, self._account, self._progress = session, name, endpoint, account, progress
        self._clients: dict[str, Any] = {}
        self._answers: dict[str, list[Json]] = {}
        self._done = self._refused = 0

    def ask(self) -> None:
        """Make every call.  Raises Unavailable where none is permitted, and errors of botocore for what concerns them all."""
        for call in CALLS:
            self._show(call)
            self._answers[call.name] = [_clean(page) for page in self._pages(call, {})]
            for page in self._answers[call.name]:
                recognise(page, self._account, Source(f"{call.name} ({self._name})"))
        if self._refused == len(CALLS):
            raise Unavailable(f"none of the calls is permitted in {self._name}: the policy ReadOnlyAccess or ViewOnlyAccess allows what is needed")
        for family in PER_PARENT:
            self._family(family)
        self._show(None)

    def _family(self, family: PerParent) -> None:
        parents = dict.fromkeys(parent for page in self._answers.get(family.parents.name, []) for parent in family.ids(page))
        for parent in parents:
            for call, _ in family.calls:
                self._show(call)
                for page in self._pages(call, {family.key: parent}):
                    answer = {**_clean(page), family.key: parent}
                    recognise(answer, self._account, Source(f"{call.name} {parent} ({self._name})"))

    def _pages(self, call: Call, parameters: Json) -> Iterator[Json]:
        """Every page of an answer; a call that is refused or not known is told, and the import goes on."""
        from botocore.exceptions import ClientError, ParamValidationError
        from botocore.parsers import ResponseParserError

        client = self._client(call.service)
        arguments = {**call.options, **parameters}
        try:
            if client.can_paginate(call.method):
                yield from client.get_paginator(call.method).paginate(**arguments)
            else:
                yield getattr(client, call.method)(**arguments)
        except ClientError as error:
            self._failed(call, error.response.get("Error", {}))
        except (ResponseParserError, ParamValidationError) as error:
            self._failed(call, {"Code": "500", "Message": str(error)[:120]})

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._session.client(service, endpoint_url=self._endpoint or None)
        return self._clients[service]

    def _failed(self, call: Call, error: Json) -> None:
        code, message = str(error.get("Code", "")), str(error.get("Message", ""))
        if code in ("AuthFailure", "InvalidClientTokenId", "ExpiredToken", "RequestExpired", "SignatureDoesNotMatch", "UnrecognizedClientException"):
            raise Unavailable(f"AWS does not accept the credentials ({code}: {message}); sign in again, or name another --profile")
        self._refused += 1
        place = Source(f"{call.name} ({self._name})")
        if code in NOT_PERMITTED:
            action = "".join(word.capitalize() for word in call.operation.split("-"))
            self._account.note("warning", f"not permitted ({call.service}:{action}): what it would answer is not in the file", place)
        elif code in NOT_KNOWN:
            self._account.note("skipped", f"this Region does not have the call ({code})", place)
        else:
            self._account.note("warning", f"the call failed ({code}: {message}): what it would answer is not in the file", place)

    def _show(self, call: Call | None) -> None:
        """A bar on a terminal; elsewhere one line when a Region is done."""
        total = len(CALLS)
        if not self._progress.isatty():
            if call is None:
                self._progress.write(f"{self._name}: {self._done} calls\n")
            self._done += 1
            return
        filled = BAR if call is None else min(BAR, self._done * BAR // total)
        what = "done" if call is None else call.operation
        self._progress.write(f"\r\x1b[K{self._name} [{'#' * filled}{'.' * (BAR - filled)}] {what}" + ("\n" if call is None else ""))
        self._progress.flush()
        self._done += 1


def _clean(page: Any) -> Any:
    """An answer without secrets, and without what boto3 adds."""
    if isinstance(page, dict):
        return {key: _clean(value) for key, value in page.items() if key not in SECRETS and key != "ResponseMetadata"}
    if isinstance(page, list):
        return [_clean(item) for item in page]
    return page
