# make help lists what can be done.
.DEFAULT_GOAL := help
.PHONY: help run init setup test test-quick test-corpus test-long setup-tests lint bench lock licences screens coverage coverage-bpmn clean rules

HOST ?= 127.0.0.1
PORT ?= 8000
DEMO ?= 1
CORPUS ?= tests/corpus
SCALE ?= 0.05
PYTHON := .venv/bin/python
SERVE := GUICHENG_HOST=$(HOST) GUICHENG_PORT=$(PORT) GUICHENG_DEMO=$(DEMO)

help: ## 列出全部命令
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## 准备并启动（PORT=端口；HOST=地址 须同时 DEMO=0；ONCE=1 播放演示后退出）
	@$(SERVE) .venv/bin/guicheng serve $(if $(filter 1,$(ONCE)),--once)

init: setup ## 初始化正式的安装：两位管理员各得一个一次性链接（然后 make run DEMO=0）
	@GUICHENG_HOST=$(HOST) GUICHENG_PORT=$(PORT) .venv/bin/guicheng init

setup: ## 只准备，不启动
	@scripts/bootstrap.sh

setup-tests: ## 准备测试所需的一切
	@scripts/bootstrap.sh tests

test: setup-tests ## 全部测试（真实的 PostgreSQL 和 Chromium），并检查覆盖率
	@$(PYTHON) -m pytest -q -n auto --dist loadfile --cov --cov-report=
	@$(PYTHON) -m coverage report --include='engine/*,processes/*' --skip-covered --fail-under=90

test-quick: setup-tests ## 日常测试，不到一分钟（引擎、流程、接口；只用 SQLite，不含页面和长时间的测试）
	@$(PYTHON) -m pytest -q -n auto --dist loadfile --ignore=tests/web -m "not slow and not browser" -k "not postgresql"

test-corpus: setup-tests ## 证明一个文件夹里的每张流程图都能运行或被拒绝并说明（CORPUS=文件夹）
	@$(PYTHON) -m tests.corpus "$(CORPUS)"

bench: setup-tests ## 与基准并排测量速度，待办10万件时列表多快；不达标时以状态1结束（不属于测试）
	@$(PYTHON) -m benchmarks

test-long: setup-tests ## 长时间的证明（SCALE=1 为全量；PARTS=部分，SEED=种子），结果存入 benchmarks/results
	@$(PYTHON) -m tests.long "$(SCALE)" "$(SEED)" $(PARTS)

lint: setup-tests ## 代码检查：格式、类型、边界
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy engine web processes
	@.venv/bin/lint-imports

lock: ## 重新锁定 Python 依赖（需要 uv）
	@UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --generate-hashes --universal --python-version 3.11 requirements.in -o requirements.txt
	@UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --generate-hashes --universal --python-version 3.11 requirements-dev.in -o requirements-dev.txt

licences: setup-tests ## 重写第三方清单 THIRD-PARTY.md
	@$(PYTHON) scripts/licences.py > THIRD-PARTY.md

rules: setup ## 重写条文与测试的对照（processes/shared/clause_tests.json）
	@$(PYTHON) -m scripts.rule_tests

screens: setup-tests ## 给每个页面拍照，存入 build/screens
	@$(PYTHON) -m tests.screens build/screens

coverage: setup-tests ## 覆盖率的逐行报告，存入 build/coverage
	@$(PYTHON) -m pytest -q -n auto --dist loadfile --cov --cov-report=html:build/coverage

coverage-bpmn: setup-tests ## 流程图的每条连线、决策表的每一行，测试走过多少（应为100%）
	@rm -rf build/drawn
	@GUICHENG_DRAWN=build/drawn $(PYTHON) -m pytest -q -n auto --dist loadfile tests/processes tests/api/test_scenarios__document_approval.py
	@$(PYTHON) scripts/drawn.py build/drawn

clean: ## 删去环境和生成的文件，不动数据（var）
	@rm -rf .venv build web/node_modules web/static/dist .pytest_cache .mypy_cache .ruff_cache
