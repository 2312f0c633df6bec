/* SPDX-License-Identifier: GPL-2.0-only */
/* The root pointer; panicvm fills in the address and both checksums. */
Signature : "RSD PTR "
Checksum : 00
Oem ID : "KVMPNC"
Revision : 02
RSDT Address : 00000000
Length : 00000024
XSDT Address : 0000000000000000
Extended Checksum : 00
Reserved : 000000
