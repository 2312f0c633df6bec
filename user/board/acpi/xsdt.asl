/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of tables; panicvm fills in as many addresses as there are. */
Signature : "XSDT"
Table Length : 00000000
Revision : 01
Checksum : 00
Oem ID : "KVMPNC"
Oem Table ID : "PANICVM"
Oem Revision : 00000001
Asl Compiler ID : "INTL"
Asl Compiler Revision : 00000000
ACPI Table Address 0 : 0000000000000001
ACPI Table Address 1 : 0000000000000001
ACPI Table Address 2 : 0000000000000001
ACPI Table Address 3 : 0000000000000001
ACPI Table Address 4 : 0000000000000001
