@echo off
rem Starts the built command line: robustmeta run MeLU dataset ml-100k. Build once: dotnet build -c Release
setlocal
set "program=%~dp0RobustMeta.Scripts\bin\Release\net10.0\RobustMeta.Scripts.dll"
if not exist "%program%" (
  echo error: RobustMeta is not built yet. Build it once: dotnet build -c Release 1>&2
  exit /b 2
)
dotnet "%program%" %*
exit /b %errorlevel%
