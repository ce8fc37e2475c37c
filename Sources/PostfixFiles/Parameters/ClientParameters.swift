// What smtp(8) and lmtp(8) read after what all programs read, in this order (a test compares it with real ones).

extension ParameterTable {
  static let smtp = ParameterTable(
    """
    process_id s
    smtp_connect_timeout t 30s
    smtp_helo_timeout t1 300s
    smtp_xforward_timeout t1 300s
    smtp_mail_timeout t1 300s
    smtp_rcpt_timeout t1 300s
    smtp_data_init_timeout t1 120s
    smtp_data_xfer_timeout t1 180s
    smtp_data_done_timeout t1 600s
    smtp_rset_timeout t1 20s
    smtp_quit_timeout t1 300s
    smtp_pix_workaround_threshold_time t 500s
    smtp_pix_workaround_delay_time t1 10s
    queue_run_delay t1 300s
    minimal_backoff_time t1 300s
    smtp_connection_cache_time_limit t1 2s
    smtp_connection_reuse_time_limit t1 300s
    smtp_starttls_timeout t1 300s
    connection_cache_protocol_timeout t1 5s
    smtp_sasl_auth_cache_time t 90d
    smtp_line_length_limit i 998
    smtp_mx_address_limit i 5
    smtp_mx_session_limit i 2
    smtp_connection_reuse_count_limit i 0
    smtp_tls_scert_verifydepth i 9
    smtp_min_data_rate i1 500
    notify_classes s resource, software
    smtp_fallback_relay s $fallback_relay
    best_mx_transport s
    error_notice_recipient s1 postmaster
    smtp_sasl_password_maps s
    smtp_sasl_password_result_delimiter s1-1@3.9 :
    smtp_sasl_security_options s noplaintext, noanonymous
    smtp_sasl_path s
    smtp_sasl_tls_security_options s $smtp_sasl_security_options
    smtp_sasl_tls_verified_security_options s $smtp_sasl_tls_security_options
    smtp_tls_chain_files s
    smtp_tls_cert_file s
    smtp_tls_key_file s $smtp_tls_cert_file
    smtp_tls_dcert_file s
    smtp_tls_dkey_file s $smtp_tls_dcert_file
    smtp_tls_CAfile s
    smtp_tls_CApath s
    smtp_tls_mandatory_ciphers s1 medium
    smtp_tls_exclude_ciphers s
    smtp_tls_mandatory_exclude_ciphers s
    smtp_tls_mandatory_protocols s >=TLSv1
    smtp_tls_verify_cert_match s1 hostname
    smtp_tls_secure_cert_match s1 nexthop, dot-nexthop
    smtp_tls_fingerprint_cert_match s
    smtp_tls_fingerprint_digest s1 ${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}
    smtp_tls_trust_anchor_file s
    smtp_tls_protocols s >=TLSv1
    smtp_tls_ciphers s1 medium
    smtp_tls_eccert_file s
    smtp_tls_eckey_file s $smtp_tls_eccert_file
    smtp_tls_loglevel s 0
    smtp_tls_servername s
    smtp_tls_dane_insecure_mx_policy s dane
    smtp_sasl_mechanism_filter s
    smtp_sasl_type s1 cyrus
    smtp_bind_address s
    smtp_bind_address6 s
    smtp_address_verify_target s1 rcpt
    smtp_helo_name s1 $myhostname
    smtp_host_lookup s1 dns
    smtp_dns_support_level s
    smtp_connection_cache_destinations s
    connection_cache_service_name s1 scache
    smtp_discard_ehlo_keywords s
    smtp_discard_ehlo_keyword_address_maps s
    smtp_tls_per_site s
    smtp_tls_security_level s
    smtp_tls_policy_maps s
    propagate_unmatched_extensions s canonical, virtual
    smtp_generic_maps s
    smtp_tcp_port s smtp
    smtp_pix_workarounds s disable_esmtp,delay_dotcrlf
    smtp_pix_workaround_maps s
    smtp_sasl_auth_cache_name s
    cyrus_sasl_config_path s
    smtp_header_checks s
    smtp_mime_header_checks s
    smtp_nested_header_checks s
    smtp_body_checks s
    smtp_reply_filter s
    smtp_address_preference s1 any
    smtp_dns_resolver_options s
    smtp_delivery_status_filter s $default_delivery_status_filter
    smtp_dns_reply_filter s
    tlsproxy_service_name s1 tlsproxy
    header_from_format s1 standard
    use_srv_lookup s@3.8
    smtp_tlsrpt_socket_name s@3.10
    smtp_skip_5xx_greeting b yes
    ignore_mx_lookup_error b no
    smtp_skip_quit_response b yes
    smtp_always_send_ehlo b yes
    smtp_never_send_ehlo b no
    smtp_sasl_auth_enable b no
    smtp_randomize_addresses b yes
    smtp_quote_rfc821_envelope b yes
    smtp_defer_if_no_mx_address_found b no
    smtp_send_xforward_command b no
    smtp_connection_cache_on_demand b yes
    smtp_use_tls b no
    smtp_enforce_tls b no
    smtp_tls_connection_reuse b no
    smtp_tls_enforce_peername b yes
    smtp_tls_note_starttls_offer b no
    smtp_tls_block_early_mail_reply b no
    smtp_tls_force_insecure_host_tlsa_lookup b no
    smtp_tls_enable_rpk b@3.9 no
    smtp_tls_wrappermode b no
    smtp_sender_dependent_authentication b no
    smtp_cname_overrides_servername b no
    smtp_sasl_auth_soft_bounce b yes
    lmtp_assume_final b no
    smtp_send_dummy_mail_auth b no
    smtp_balance_inet_protocols b yes
    smtp_bind_address_enforce b no
    ignore_srv_lookup_error b@3.8 no
    allow_srv_lookup_fallback b@3.8 no
    smtp_per_request_deadline b ${smtp_per_record_deadline?{$smtp_per_record_deadline}:{no}}
    smtp_tlsrpt_enable b@3.10 no
    smtp_tlsrpt_skip_reused_handshakes b@3.10 yes
    smtp_tls_enforce_sts_mx_patterns b@3.10 yes
    """)

  static let lmtp = ParameterTable(
    """
    process_id s
    lmtp_connect_timeout t 0s
    lmtp_lhlo_timeout t1 300s
    lmtp_xforward_timeout t1 300s
    lmtp_mail_timeout t1 300s
    lmtp_rcpt_timeout t1 300s
    lmtp_data_init_timeout t1 120s
    lmtp_data_xfer_timeout t1 180s
    lmtp_data_done_timeout t1 600s
    lmtp_rset_timeout t1 20s
    lmtp_quit_timeout t1 300s
    lmtp_pix_workaround_threshold_time t 500s
    lmtp_pix_workaround_delay_time t1 10s
    queue_run_delay t1 300s
    minimal_backoff_time t1 300s
    lmtp_connection_cache_time_limit t1 2s
    lmtp_connection_reuse_time_limit t1 300s
    lmtp_starttls_timeout t1 300s
    connection_cache_protocol_timeout t1 5s
    lmtp_sasl_auth_cache_time t 90d
    lmtp_line_length_limit i 998
    lmtp_mx_address_limit i 5
    lmtp_mx_session_limit i 2
    lmtp_connection_reuse_count_limit i 0
    lmtp_tls_scert_verifydepth i 9
    lmtp_min_data_rate i1 500
    notify_classes s resource, software
    lmtp_fallback_relay s
    best_mx_transport s
    error_notice_recipient s1 postmaster
    lmtp_sasl_password_maps s
    lmtp_sasl_password_result_delimiter s1-1@3.9 :
    lmtp_sasl_security_options s noplaintext, noanonymous
    lmtp_sasl_path s
    lmtp_sasl_tls_security_options s $lmtp_sasl_security_options
    lmtp_sasl_tls_verified_security_options s $lmtp_sasl_tls_security_options
    lmtp_tls_chain_files s
    lmtp_tls_cert_file s
    lmtp_tls_key_file s $lmtp_tls_cert_file
    lmtp_tls_dcert_file s
    lmtp_tls_dkey_file s $lmtp_tls_dcert_file
    lmtp_tls_CAfile s
    lmtp_tls_CApath s
    lmtp_tls_mandatory_ciphers s1 medium
    lmtp_tls_exclude_ciphers s
    lmtp_tls_mandatory_exclude_ciphers s
    lmtp_tls_mandatory_protocols s >=TLSv1
    lmtp_tls_verify_cert_match s1 hostname
    lmtp_tls_secure_cert_match s1 nexthop
    lmtp_tls_fingerprint_cert_match s
    lmtp_tls_fingerprint_digest s1 ${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}
    lmtp_tls_trust_anchor_file s
    lmtp_tls_protocols s >=TLSv1
    lmtp_tls_ciphers s1 medium
    lmtp_tls_eccert_file s
    lmtp_tls_eckey_file s $lmtp_tls_eccert_file
    lmtp_tls_loglevel s 0
    lmtp_tls_servername s
    lmtp_sasl_mechanism_filter s
    lmtp_sasl_type s1 cyrus
    lmtp_bind_address s
    lmtp_bind_address6 s
    lmtp_address_verify_target s1 rcpt
    lmtp_lhlo_name s1 $myhostname
    lmtp_host_lookup s1 dns
    lmtp_dns_support_level s
    lmtp_connection_cache_destinations s
    connection_cache_service_name s1 scache
    lmtp_discard_lhlo_keywords s
    lmtp_discard_lhlo_keyword_address_maps s
    lmtp_tls_per_site s
    lmtp_tls_security_level s
    lmtp_tls_policy_maps s
    propagate_unmatched_extensions s canonical, virtual
    lmtp_generic_maps s
    lmtp_tcp_port s 24
    lmtp_pix_workarounds s disable_esmtp,delay_dotcrlf
    lmtp_pix_workaround_maps s
    lmtp_sasl_auth_cache_name s
    cyrus_sasl_config_path s
    lmtp_header_checks s
    lmtp_mime_header_checks s
    lmtp_nested_header_checks s
    lmtp_body_checks s
    lmtp_reply_filter s
    lmtp_address_preference s1 any
    lmtp_dns_resolver_options s
    lmtp_delivery_status_filter s $default_delivery_status_filter
    lmtp_dns_reply_filter s
    tlsproxy_service_name s1 tlsproxy
    header_from_format s1 standard
    use_srv_lookup s@3.8
    lmtp_tlsrpt_socket_name s@3.10
    lmtp_skip_5xx_greeting b yes
    lmtp_skip_quit_response b no
    lmtp_sasl_auth_enable b no
    lmtp_randomize_addresses b yes
    lmtp_quote_rfc821_envelope b yes
    lmtp_defer_if_no_mx_address_found b no
    lmtp_send_xforward_command b no
    lmtp_connection_cache_on_demand b yes
    lmtp_use_tls b no
    lmtp_enforce_tls b no
    lmtp_tls_connection_reuse b no
    lmtp_tls_enforce_peername b yes
    lmtp_tls_note_starttls_offer b no
    lmtp_tls_block_early_mail_reply b no
    lmtp_tls_force_insecure_host_tlsa_lookup b no
    lmtp_tls_enable_rpk b@3.9 no
    lmtp_tls_wrappermode b no
    lmtp_sender_dependent_authentication b no
    lmtp_cname_overrides_servername b no
    lmtp_sasl_auth_soft_bounce b yes
    lmtp_assume_final b no
    lmtp_send_dummy_mail_auth b no
    lmtp_balance_inet_protocols b yes
    lmtp_bind_address_enforce b no
    ignore_srv_lookup_error b@3.8 no
    allow_srv_lookup_fallback b@3.8 no
    lmtp_per_request_deadline b ${lmtp_per_record_deadline?{$lmtp_per_record_deadline}:{no}}
    lmtp_tlsrpt_enable b@3.10 no
    lmtp_tlsrpt_skip_reused_handshakes b@3.10 yes
    lmtp_tls_enforce_sts_mx_patterns b@3.10 yes
    """)
}
