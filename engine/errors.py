"""Every refusal the engine can give. One root; the docstring is the default sentence.

The sentence is Chinese, calm, and says what happened and what to do next; it is shown to
people as it is. `web` turns each class into an HTTP status once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with an input or a diagram.

    field: form field key or BPMN element id, None for the whole.
    severity: "block" (应当/不得), "override" (原则上/一般; a reason lets it pass), "hint" (提倡).
    source: the clause, law, inference or convention it rests on ("工作规则第二十九条", "约定").
    """

    message: str
    field: str | None = None
    severity: str = "block"
    source: str | None = None
    code: str = "invalid"


ERROR = "error"  # deployment refuses it
WARNING = "warning"  # deployment lets it pass; the designer sees it


@dataclass(frozen=True, slots=True)
class Diagnosis(Finding):
    """A finding about a diagram, a table or a form. field: element id; name: what it is called.

    severity: "error" or "warning". remedy: what to draw or write instead. file: where it stands.
    """

    severity: str = ERROR
    name: str = ""
    remedy: str = ""
    file: str = ""

    @property
    def refuses(self) -> bool:
        """Whether it stands against deployment."""
        return self.severity == ERROR


class GuichengError(Exception):
    """操作没有完成。请稍后重试；如仍不行，请告诉系统管理员。"""

    code = "error"

    def __init__(self, message: str | None = None, **data: Any) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.data = data
        super().__init__(self.message)


class NotFound(GuichengError):
    """没有找到这一项，或者您无权查看。请从工作台重新打开。"""

    code = "not-found"


class NotAllowed(GuichengError):
    """您没有办理这一步的权限。"""

    code = "not-allowed"


class NotSignedIn(GuichengError):
    """登录已过期，内容没有丢。请重新登录。"""

    code = "not-signed-in"


class SignInRefused(GuichengError):
    """用户名或密码不对。"""

    code = "sign-in-refused"


class Invalid(GuichengError):
    """有几处需要修改。"""

    code = "invalid"

    def __init__(
        self, findings: Sequence[Finding] | None = None, message: str | None = None
    ) -> None:
        self.findings = list(findings or ())
        if message is None and len(self.findings) == 1:
            message = self.findings[0].message
        super().__init__(message)

    def __str__(self) -> str:
        return "\n".join(
            [self.message, *(f"{each.field}：{each.message}" for each in self.findings)]
        )


class Malformed(GuichengError):
    """送来的内容读不懂。请检查格式后重试。"""

    code = "malformed"


class Conflict(GuichengError):
    """这件刚被别人办了。您的内容没有提交。"""

    code = "conflict"


class StaleVersion(Conflict):
    """这件在您打开之后有了变化。您的内容没有提交，已保留；请看过变化再提交。"""

    code = "stale-version"


class KeyReused(GuichengError):
    """同一个幂等键（Idempotency-Key）已用于另一项内容。请换一个键再提交。"""

    code = "idempotency-key-reused"


class KeyMissing(GuichengError):
    """缺少幂等键（Idempotency-Key）请求头。每次提交请带一个新键，重试时用原键。"""

    code = "idempotency-key-missing"


class ClockBackwards(Conflict):
    """演示时钟只能向前拨，不能往回拨。"""

    code = "clock-backwards"


class TooLarge(GuichengError):
    """文件太大。"""

    code = "too-large"


class TooMany(GuichengError):
    """操作过于频繁。请稍候再试。"""

    code = "too-many-requests"


class DeploymentRefused(Invalid):
    """流程文件不能部署，问题如下。"""

    code = "deployment-refused"


class StorageUnavailable(GuichengError):
    """数据暂时不能写入，本次操作没有生效，内容没有丢。请稍后重试；如仍不行，请告诉系统管理员检查磁盘空间。"""

    code = "storage-unavailable"


class SettingRefused(GuichengError):
    """设置不对，系统不能启动。"""

    code = "setting-refused"


class ProcedureFault(GuichengError):
    """流程图的计算没有成功，本次操作没有生效，内容没有丢。请告诉流程设计人员。"""

    code = "procedure-fault"
