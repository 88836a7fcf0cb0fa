#!/bin/sh
# Installs industrymap from the wheels beside this file; nothing is fetched. sh install.sh [FOLDER]
# 用同一文件夹中的安装包安装，不联网。sh install.sh [安装位置]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
place=${1:-"$HOME/.local/share/industrymap"}
python=${PYTHON:-python@PYTHON@}
if ! "$python" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "@PYTHON@")' 2>/dev/null; then
    echo "需要 Python @PYTHON@（64 位）：请先安装，或用 PYTHON=路径 指定。" >&2
    echo "Python @PYTHON@ (64 bit) is needed: install it first, or name it with PYTHON=path." >&2
    exit 2
fi
if ! "$python" -m venv "$place"; then
    echo "无法在 $place 建立环境：请安装系统的 python3-venv 组件，或另选位置。" >&2
    echo "No environment could be made in $place: install the system's python3-venv, or choose another folder." >&2
    exit 2
fi
if ! "$place/bin/python" -m pip install --disable-pip-version-check --no-index --find-links "$here/wheels" --require-hashes --requirement "$here/requirements.txt"; then
    echo "安装未完成，请核对压缩包是否完整解压。" >&2
    echo "The installation was not finished: check that the whole zip was unpacked." >&2
    exit 2
fi
cd "$place"
"$place/bin/industrymap" desk --shortcut
echo "已安装。双击桌面图标即可打开，或运行 $place/bin/industrymap desk"
echo "Installed. Double-click the icon on the desktop, or run $place/bin/industrymap desk"
