{{/* Names and the parts that every pod has. The context of those with an app is (dict "root" $ "app" "query"). */}}

{{- define "floorboard.name" -}}
{{- if contains "floorboard" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-floorboard" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "floorboard.selector" -}}
app.kubernetes.io/name: floorboard
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .app }}
{{- end }}

{{- define "floorboard.labels" -}}
{{ include "floorboard.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "floorboard.image" -}}
{{ .root.Values.image.repository }}-{{ .app }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "floorboard.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "floorboard.name" .) }}
{{- end }}

{{/* Settings from the values, then those out of Secrets; the query app has its own user of the warehouse. */}}
{{- define "floorboard.env" -}}
{{- $secrets := .root.Values.secrets }}
{{- if eq .app "query" }}{{ $secrets = merge (dict) .root.Values.querySecrets .root.Values.secrets }}{{ end }}
{{- range $name, $value := .root.Values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- range $name, $secret := $secrets }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret.name }}
      key: {{ $secret.key }}
{{- end }}
{{- end }}

{{- define "floorboard.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "floorboard.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "floorboard.mounts" -}}
- name: tmp
  mountPath: /tmp
{{- range .root.Values.files }}
- name: {{ .name }}
  mountPath: /etc/floorboard/{{ .name }}
  readOnly: true
{{- end }}
{{- end }}

{{- define "floorboard.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
{{- range .root.Values.files }}
- name: {{ .name }}
{{- if .secret }}
  secret:
    secretName: {{ .secret }}
{{- else }}
  configMap:
    name: {{ .configMap }}
{{- end }}
{{- end }}
{{- end }}

{{- define "floorboard.placement" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
