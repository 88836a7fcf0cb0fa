@echo off
rem Installs industrymap from the wheels beside this file; nothing is fetched. install.bat [FOLDER]
chcp 65001 >nul
setlocal
set "HERE=%~dp0"
set "PLACE=%~1"
if "%PLACE%"=="" set "PLACE=%LOCALAPPDATA%\industrymap\python"
py -@PYTHON@-64 -c "" >nul 2>nul
if errorlevel 1 (
  echo 需要 64 位的 Python @PYTHON@：请先运行其安装程序，再双击本文件。
  echo Python @PYTHON@, 64 bit, is needed: run its installer first, then this file again.
  pause
  exit /b 2
)
py -@PYTHON@-64 -m venv "%PLACE%"
if errorlevel 1 goto failed
"%PLACE%\Scripts\python.exe" -m pip install --disable-pip-version-check --no-index --find-links "%HERE%wheels" --require-hashes --requirement "%HERE%requirements.txt"
if errorlevel 1 goto failed
cd /d "%PLACE%"
"%PLACE%\Scripts\industrymap.exe" desk --shortcut
if errorlevel 1 goto failed
echo 已安装。双击桌面上的 industrymap 即可打开。
echo Installed. Double-click industrymap on the desktop.
pause
exit /b 0
:failed
echo 安装未完成：请核对压缩包是否完整解压，磁盘是否有 2 GB 空间。
echo The installation was not finished: check that the whole zip was unpacked, and that 2 GB of disk are free.
pause
exit /b 2
