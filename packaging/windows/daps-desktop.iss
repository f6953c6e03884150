; The installer for Windows, from the folder that packaging\build.py makes. Written for Inno Setup 6; not run yet.
;
;     iscc /DVersion=0.1.0 packaging\windows\daps-desktop.iss
;
; It installs for one user without questions of the system, or for all users where that is chosen. To sign it, give
; iscc a sign tool: /Ssigntool="signtool sign /fd sha256 /tr http://timestamp.digicert.com /td sha256 $f" and
; uncomment the line SignTool below.

#ifndef Version
  #error Give the version: iscc /DVersion=0.1.0
#endif
#define Name "DAPS Desktop"
#define Root "..\.."

[Setup]
AppId={{6E0B7B0E-9B2C-4C55-8E0A-5D6B3F1C7A42}
AppName={#Name}
AppVersion={#Version}
AppPublisher=The daps-desktop maintainers
DefaultDirName={autopf}\{#Name}
DefaultGroupName={#Name}
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile={#Root}\LICENSE
SetupIconFile={#Root}\build\icons\app.ico
UninstallDisplayIcon={app}\{#Name}.exe
OutputDir={#Root}\dist
OutputBaseFilename=daps-desktop-{#Version}-windows-x64
Compression=lzma2/normal
SolidCompression=yes
ChangesAssociations=yes
WizardStyle=modern
;SignTool=signtool

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: "association"; Description: "{cm:AssocFileExtension,{#Name},.daps}"

; Libraries of an older version must not lie beside those of this one.
[InstallDelete]
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Root}\dist\daps-desktop\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\{#Name}"; Filename: "{app}\{#Name}.exe"
Name: "{autodesktop}\{#Name}"; Filename: "{app}\{#Name}.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\.daps\OpenWithProgids"; ValueType: string; ValueName: "DAPSDesktop.Project"; ValueData: ""; Flags: uninsdeletevalue; Tasks: association
Root: HKA; Subkey: "Software\Classes\.daps"; ValueType: string; ValueName: ""; ValueData: "DAPSDesktop.Project"; Flags: uninsdeletevalue; Tasks: association
Root: HKA; Subkey: "Software\Classes\DAPSDesktop.Project"; ValueType: string; ValueName: ""; ValueData: "DAPS Desktop project"; Flags: uninsdeletekey; Tasks: association
Root: HKA; Subkey: "Software\Classes\DAPSDesktop.Project\DefaultIcon"; ValueType: string; ValueName: ""; ValueData: "{app}\{#Name}.exe,0"; Tasks: association
Root: HKA; Subkey: "Software\Classes\DAPSDesktop.Project\shell\open\command"; ValueType: string; ValueName: ""; ValueData: """{app}\{#Name}.exe"" ""%1"""; Tasks: association

[Run]
Filename: "{app}\{#Name}.exe"; Description: "{cm:LaunchProgram,{#Name}}"; Flags: nowait postinstall skipifsilent
